-- name: begins :exec
BEGIN;

-- name: commits :exec
-- Comments stand before it.
/* All of them. */ commit;

-- name: prepares :exec
PREPARE TRANSACTION 'a';

-- name: copies :exec
COPY shop.people (id, name) FROM STDIN;

-- name: copies_out :many
COPY (SELECT ')' FROM shop.people AS p WHERE p.id IN (1)) TO STDOUT;

-- name: notifies :exec
NOTIFY something, :payload;

-- name: slices :many
SELECT p.tags[1:last] AS tags FROM shop.people AS p;

-- name: orders :many
SELECT p.id FROM shop.people AS p ORDER BY p.id :direction;

-- name: two_in_one :exec
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql
BEGIN ATOMIC SELECT CASE WHEN true THEN 1 ELSE 2 END; SELECT 3; END;
SELECT 4;
