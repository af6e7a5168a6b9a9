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
