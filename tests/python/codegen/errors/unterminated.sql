-- name: zero :execrows
SELECT 0;

-- name: half :many
SELECT p.nme FROM shop.people AS p;

-- name: one :many
SELECT 'never ends;

-- name: two :many
SELECT 2;
