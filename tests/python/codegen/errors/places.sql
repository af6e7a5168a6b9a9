-- name: after_tabs :many
SELECT p.id,
	'ä'	AS "größe",	p.nme
FROM shop.people AS p;

-- name: after_wide_characters :many
SELECT '日本語 🂡 é' AS cards, p.nme
FROM shop.people AS p;

-- name: after_parameters :many
SELECT p.id
FROM shop.people AS p
WHERE p.id = :a_name_longer_than_its_number AND p.id = :x AND p.nme = 'a' AND :x > 0;

-- name: behind_an_optional_line :many
SELECT p.id
FROM shop.people AS p
WHERE TRUE
  AND p.name = :name --? name
  AND p.nme = 'b'
ORDER BY p.id;

-- name: in_an_optional_line :many
SELECT p.id
FROM shop.people AS p
WHERE TRUE
  AND p.name = :name --? name
  AND p.nme = :nick --? nick
ORDER BY p.id;
