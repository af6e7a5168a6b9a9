-- name: no_key :many
-- @role worker
SELECT v.a_text FROM tarot.vault AS v;

-- name: no_subject :many
-- @role worker
SELECT v.id, v.a_text FROM tarot.vault AS v;

-- name: other_row :many
SELECT a.id, b.a_text FROM tarot.vault AS a JOIN tarot.vault AS b ON b.id <> a.id;

-- name: compared :maybe
SELECT v.id FROM tarot.vault AS v WHERE v.email = :email LIMIT 1;

-- name: index_equal :maybe
SELECT v.id FROM tarot.vault AS v WHERE v.email_index = :email LIMIT 1;

-- name: made_key :exec
INSERT INTO tarot.vault (user_id, id, name, a_text)
SELECT kernel.user_bigint(), max(v.id) + 1, 'n', :a_text FROM tarot.vault AS v;

-- name: many_rows :rowcount
UPDATE tarot.vault SET a_text = :a_text WHERE name = :name;

-- name: range :rowcount
UPDATE tarot.vault SET a_text = :a_text WHERE id > :id;

-- name: other_type :rowcount
UPDATE tarot.vault SET a_text = :a_text WHERE id = CAST(:id AS numeric);

-- name: either :rowcount
UPDATE tarot.vault SET a_text = :a_text WHERE id = :id OR name = 'x';

-- name: two_columns :exec
UPDATE tarot.vault SET a_text = :both, email = :both WHERE id = :id;

-- name: new_key :exec
UPDATE tarot.vault SET id = :new WHERE id = :id;

-- name: conflict :exec
INSERT INTO tarot.vault_tokens AS t (name, token) VALUES (:name, :token)
ON CONFLICT (name) DO UPDATE SET token = excluded.token;

-- name: other_conflict :exec
INSERT INTO tarot.vault_parts (user_id, id, vault_id, part)
VALUES (kernel.user_bigint(), :id, 1, :part)
ON CONFLICT (user_id, vault_id, id) DO UPDATE SET part = excluded.part;

-- name: crossed :bulk
INSERT INTO tarot.vault (user_id, id, name, a_text)
SELECT kernel.user_bigint(), i.id, 'n', t.a_text
FROM unnest(:id::bigint[]) AS i (id), unnest(:a_text::bytea[]) AS t (a_text);

-- name: one_text_for_all :bulk
UPDATE tarot.vault AS v SET a_text = :a_text FROM unnest(:id::bigint[]) AS u (id) WHERE v.id = u.id;

-- name: cut :exec
-- @role worker
INSERT INTO tarot.vault_tokens (name, token) VALUES (CAST(:name AS varchar(3)), :token);

-- name: merged :exec
MERGE INTO tarot.vault AS v USING (VALUES (1)) AS n (id) ON v.id = n.id
WHEN MATCHED THEN UPDATE SET a_text = :a_text;

-- name: whose :exec
-- @role worker
UPDATE tarot.vault SET a_text = :a_text WHERE id = :id;

-- name: conflict_moves :exec
INSERT INTO tarot.vault_parts (user_id, id, vault_id, part)
VALUES (kernel.user_bigint(), :id, :vault_id, NULL)
ON CONFLICT (user_id, vault_id, id) DO UPDATE SET user_id = excluded.user_id, id = :other;

-- name: conflict_stays :one
INSERT INTO tarot.vault_parts (user_id, id, vault_id, part)
VALUES (kernel.user_bigint(), :id, :vault_id, NULL)
ON CONFLICT (user_id, vault_id, id) DO UPDATE SET id = excluded.id RETURNING vault_id;
