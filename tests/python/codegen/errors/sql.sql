-- name: syntax :many
SELECT p.id FROM shop.people AS p WHERE p.id == ) :id;

-- name: no_column :many
SELECT p.id,
    p.nme
FROM shop.people AS p
WHERE p.id = :id;

-- name: no_table :many
SELECT p.id FROM people AS p;

-- name: after_parameters :many
SELECT p.id
FROM shop.people AS p
WHERE p.id = :a_long_parameter_name AND p.id = :another AND p.naem = 'ü';

-- name: undetermined :many
SELECT :what AS what;

-- name: two_types :many
SELECT p.id FROM shop.people AS p WHERE p.id = :x AND p.name = :x;

-- name: in_a_variant :many
SELECT p.id FROM shop.people AS p
WHERE true
  AND p.nope = :nope --? nope
;

-- name: dangerous :rowcount
DELETE FROM shop.people AS p
WHERE true
  AND p.id = :id --? id
;
