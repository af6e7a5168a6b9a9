-- name: one :many
-- :idd  never used
SELECT p.id FROM shop.people AS p WHERE p.id = :id;

-- name: two :many
SELECT p.id FROM shop.people AS p WHERE p.id = $1;

-- name: three :many
SELECT p.id FROM shop.people AS p
WHERE p.id = 1 --? nobody
;

-- name: four :many
-- @sort a: p.id
SELECT p.id FROM shop.people AS p ORDER BY p.id;

-- name: five :many
-- :id = 1  a default
SELECT p.id FROM shop.people AS p
WHERE true
  AND p.id = :id --? id
;

-- name: six :many
SELECT p.id FROM shop.people AS p
WHERE p.id = 1
  AND p.id = :a --? a
  AND p.id = :b --? b
  AND p.id = :c --? c
  AND p.id = :d --? d
  AND p.id = :e --? e
  AND p.id = :f --? f
;

-- name: seven :many
SELECT p.id FROM shop.people AS p
WHERE p.id = :a
  AND p.boss_id = :a --? a
;

-- name: eight :many
-- @sort a: p.id
-- @sort a: p.id DESC
SELECT p.id FROM shop.people AS p
ORDER BY p.id --@sort
;

-- name: a_parameter_of_lines_that_go :many
SELECT p.id FROM shop.people AS p
WHERE true
  AND p.born BETWEEN :first AND CAST(:last AS date) --? first
  AND p.id > :least --? least
LIMIT :least;
