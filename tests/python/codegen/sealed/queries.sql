-- Calls that seal and open, of every kind.

-- name: put :one
INSERT INTO tarot.vault (
    user_id, id, name, a_text, a_date, a_time, a_timestamp, a_timestamptz, a_numeric, an_integer,
    a_double, a_boolean, a_uuid, a_bytea, a_jsonb, home, email, email_index
)
VALUES (
    kernel.user_bigint(), :id, :name, :a_text, :a_date, :a_time, :a_timestamp, :a_timestamptz,
    :a_numeric, :an_integer, :a_double, :a_boolean, :a_uuid, :a_bytea, :a_jsonb, :home, :email,
    :email_index
)
RETURNING id, name, a_text, a_date;

-- name: get :maybe
SELECT v.* FROM tarot.vault AS v WHERE v.user_id = kernel.user_bigint() AND v.id = :id;

-- name: text_of :maybe
-- The key of the row is what it is found by.
SELECT v.a_text FROM tarot.vault AS v WHERE v.user_id = kernel.user_bigint() AND v.id = :id;

-- name: list_all :many
-- A row of each part, and of each vault without parts.
WITH mine AS (SELECT w.id, w.a_text AS text, w.a_numeric FROM tarot.vault AS w)
SELECT m.id, m.text, m.a_numeric, p.id AS part_id, p.part
FROM (SELECT * FROM mine) AS m
LEFT JOIN tarot.vault_parts AS p ON p.vault_id = m.id
ORDER BY m.id, p.id;

-- name: both :many
SELECT v.id, v.a_text AS secret FROM tarot.vault AS v
UNION ALL
SELECT w.id, w.a_text FROM tarot.vault AS w
ORDER BY id;

-- name: through_view :many
SELECT o.number, o.text, o.a_date FROM tarot.open_vault AS o ORDER BY o.number;

-- name: twins :many
-- Two rows of one table, each with a key of its own.
SELECT a.id, a.a_text, b.id AS other_id, b.a_text AS other
FROM tarot.vault AS a
JOIN tarot.vault AS b ON b.user_id = a.user_id AND b.id = a.id + 1
ORDER BY a.id;

-- name: by_email :maybe
SELECT v.id, v.email FROM tarot.vault AS v WHERE v.email_index = ANY (:email) LIMIT 1;

-- name: pages :page
-- :limit = 2  rows
SELECT v.id, v.a_text FROM tarot.vault AS v
WHERE v.user_id = kernel.user_bigint()
  AND v.id > :after --? after
ORDER BY v.id
LIMIT :limit;

-- name: names :many
-- Nothing in it is sealed.
SELECT v.id, v.name FROM tarot.vault AS v ORDER BY v.id;

-- name: walk :stream
-- @fetch 2
SELECT v.id, v.a_text, v.a_date FROM tarot.vault AS v ORDER BY v.id;

-- name: rename :exec
UPDATE tarot.vault SET a_text = :a_text WHERE user_id = kernel.user_bigint() AND id = :id;

-- name: rename_in_the_clear :one
-- What it returns was there before, and may not open.
UPDATE tarot.vault SET name = :name WHERE user_id = kernel.user_bigint() AND id = :id
RETURNING name, a_text;

-- name: patch :rowcount
UPDATE tarot.vault
SET a_date = coalesce(:a_date, a_date), email = :email, email_index = :email_index
WHERE id = :id;

-- name: upsert :one
INSERT INTO tarot.vault (user_id, id, name, a_text)
VALUES (kernel.user_bigint(), :id, 'upserted', :a_text)
ON CONFLICT (user_id, id) DO UPDATE SET a_text = excluded.a_text
RETURNING id, a_text;

-- name: add_parts :batch
INSERT INTO tarot.vault_parts (user_id, id, vault_id, part)
VALUES (kernel.user_bigint(), :id, :vault_id, :part)
RETURNING part;

-- name: load :bulk
INSERT INTO tarot.vault (user_id, id, name, a_text, email, email_index)
SELECT kernel.user_bigint(), u.id, u.name, u.a_text, u.email, u.email_index
FROM unnest(
    :id::bigint[], :name::text[], :a_text::bytea[], :email::bytea[], :email_index::bytea[]
) AS u (id, name, a_text, email, email_index)
RETURNING id, a_text;

-- name: retext :bulk
UPDATE tarot.vault AS v SET a_text = u.a_text
FROM unnest(:id::bigint[], :a_text::bytea[]) AS u (id, a_text)
WHERE v.user_id = kernel.user_bigint() AND v.id = u.id;

-- name: of_anybody :many
-- @role worker
SELECT v.user_id, v.id, v.a_text FROM tarot.vault AS v ORDER BY v.user_id, v.id;

-- name: put_for :exec
-- @role worker
INSERT INTO tarot.vault (user_id, id, name, a_text) VALUES (:user_id, :id, :name, :a_text);

-- name: copy_for :copy
-- @role worker
COPY tarot.vault_imports (user_id, id, a_text) FROM STDIN;

-- name: imports :stream
-- @role worker
-- @fetch 1
SELECT i.user_id, i.id, i.a_text FROM tarot.vault_imports AS i ORDER BY i.user_id, i.id;

-- name: put_token :exec
-- @role worker
INSERT INTO tarot.vault_tokens (name, token) VALUES (:name, :token);

-- name: token :maybe
-- @role worker
SELECT t.token FROM tarot.vault_tokens AS t WHERE t.name = :name;

-- name: write_letter :exec
INSERT INTO tarot.vault_letters (id, sender_id, receiver_id, body)
VALUES (:id, kernel.user_bigint(), :receiver_id, :body);

-- name: letters :many
SELECT l.id, l.body FROM tarot.vault_letters AS l ORDER BY l.id;

-- name: carry_letter :exec
-- @role worker
INSERT INTO tarot.vault_letters (id, sender_id, receiver_id, body)
VALUES (:id, :sender_id, :receiver_id, :body);
