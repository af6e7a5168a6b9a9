-- name: one :many
SELECT 1 AS a;

-- name: one :many
SELECT 2 AS a;
