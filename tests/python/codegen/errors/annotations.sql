SELECT 1;

-- name: one :onee
SELECT 1 AS a;

-- name: two :execrows
SELECT 1 AS a;

-- name: Three :many
SELECT 1 AS a;

-- name: four
SELECT 1 AS a;

-- name: five :many
-- @nonull a
-- :6x  what is this
SELECT 1 AS a;

-- name: six :many

-- name: seven :many
SELECT 1 AS a;
SELECT 2 AS b;
