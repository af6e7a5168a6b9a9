-- name: no_after :page
SELECT p.id FROM shop.people AS p ORDER BY p.id LIMIT :limit;

-- name: no_order :page
SELECT p.id FROM shop.people AS p
WHERE true
  AND (p.id) > (:after) --? after
LIMIT :limit;

-- name: other_way :page
SELECT p.id FROM shop.people AS p
WHERE true
  AND (p.id) > (:after) --? after
ORDER BY p.id DESC LIMIT :limit;

-- name: other_columns :page
SELECT p.id, p.name FROM shop.people AS p
WHERE true
  AND (p.name) > (:after) --? after
ORDER BY p.id LIMIT :limit;

-- name: not_unique :page
SELECT s.sold_at FROM shop.sales AS s
WHERE true
  AND (s.sold_at) < (:after) --? after
ORDER BY s.sold_at DESC LIMIT :limit;

-- name: nullable :page
SELECT p.nick, p.id FROM shop.people AS p
WHERE true
  AND (p.nick, p.id) > (:after) --? after
ORDER BY p.nick, p.id LIMIT :limit;

-- name: not_selected :page
SELECT p.name FROM shop.people AS p
WHERE true
  AND (p.id) > (:after) --? after
ORDER BY p.id LIMIT :limit;

-- name: sorted :page
-- @sort a: p.id
SELECT p.id FROM shop.people AS p
WHERE true
  AND (p.id) > (:after) --? after
ORDER BY p.id --@sort
LIMIT :limit;

-- name: with_offset :page
SELECT p.id FROM shop.people AS p
WHERE true
  AND (p.id) > (:after) --? after
ORDER BY p.id LIMIT :limit OFFSET :start;

-- name: another_limit :page
SELECT p.id FROM shop.people AS p
WHERE true
  AND (p.id) > (:after) --? after
ORDER BY p.id LIMIT least(:limit, 100);

-- name: limit_elsewhere :page
SELECT p.id FROM shop.people AS p
WHERE p.id < :limit
  AND (p.id) > (:after) --? after
ORDER BY p.id LIMIT :limit;

-- name: by_lists :page
SELECT p.tags, p.id FROM shop.people AS p
WHERE true
  AND (p.tags, p.id) > (:after) --? after
ORDER BY p.tags, p.id LIMIT :limit;
