-- name: one :many
SELECT 'never ends;
