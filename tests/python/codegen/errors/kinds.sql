-- name: a :stream
INSERT INTO shop.people (id, name) VALUES (1, 'a') RETURNING id;

-- name: b :stream
WITH gone AS (DELETE FROM shop.people AS p RETURNING p.id) SELECT g.id FROM gone AS g;

-- name: c :stream
-- @fetch 0
SELECT p.id FROM shop.people AS p;

-- name: d :many
-- @fetch 10
SELECT p.id FROM shop.people AS p;

-- name: e :iter
SELECT p.id FROM shop.people AS p;

-- name: f :straem
SELECT p.id FROM shop.people AS p;

-- name: g :stream
DELETE FROM shop.people AS p WHERE p.id = :id;

-- name: h :bulk
INSERT INTO shop.places (id, town) VALUES (:id, :town);

-- name: i :bulk
INSERT INTO shop.places (id, town) SELECT u.id, u.town FROM unnest(:id, :town) AS u (id, town);

-- name: j :batch
-- :town = 'x'
INSERT INTO shop.places (id, town) VALUES (:id, :town);

-- name: k :batch
SELECT p.id FROM shop.places AS p WHERE true
  AND p.id = :id --? id
;

-- name: l :copy
COPY shop.places (id, town) FROM STDIN;

-- name: m :copy
-- @role worker
COPY shop.places (id) FROM STDIN;

-- name: n :copy
-- @role worker
COPY shop.places (id, twon) FROM STDIN;

-- name: o :copy
-- @role worker
COPY shop.places FROM STDIN (FORMAT csv);

-- name: p :copy
-- @role worker
COPY shop.gifts (person_id) FROM STDIN;

-- name: q :copyfrom
COPY shop.places (id, town) FROM STDIN;

-- name: r :batch
SELECT 1 AS one;

-- name: s :batch
-- @chunk 10
DELETE FROM shop.places AS p WHERE p.id = :id;

-- name: t :bulk
DELETE FROM shop.places AS p USING unnest(:id::bigint[]) AS u (id) WHERE p.id = u.id AND p.town = :items;
