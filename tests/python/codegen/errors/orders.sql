-- name: sorted_by_nothing_there :many
-- @sort id: p.id
-- @sort age:  p.name DESC, p.age
SELECT p.id
FROM shop.people AS p
ORDER BY p.id --@sort
LIMIT 3;

-- name: sorted_within_a_line :many
-- @sort name: p.name, p.id DESC DESC
SELECT p.id FROM shop.people AS p ORDER BY p.id --@sort
