-- name: aggregates_of_all :one
-- a b? c? d? e?
SELECT count(*) AS a, sum(s.amount) AS b, min(s.sold_at) AS c, array_agg(s.id) AS d, string_agg(s.comment, ',') AS e
FROM shop.sales AS s;

-- name: aggregates_by_group :many
-- person_id a b c? d e?
SELECT
    s.person_id, count(*) AS a, sum(s.amount) AS b, max(s.comment) AS c, array_agg(s.comment) AS d,
    stddev(s.amount) AS e
FROM shop.sales AS s GROUP BY s.person_id;

-- name: aggregates_with_filter :many
-- a b?
SELECT count(*) FILTER (WHERE s.amount > 3) AS a, sum(s.amount) FILTER (WHERE s.amount > 3) AS b
FROM shop.sales AS s GROUP BY s.person_id;

-- name: group_by_nullable :many
-- gift_for? n
SELECT s.gift_for, count(*) AS n FROM shop.sales AS s GROUP BY s.gift_for;

-- name: having_proves :many
-- gift_for n
SELECT s.gift_for, count(*) AS n FROM shop.sales AS s GROUP BY s.gift_for HAVING s.gift_for > 0;

-- name: rollup :many
-- person_id? item_id? n sum? g
SELECT s.person_id, s.item_id, count(*) AS n, sum(s.amount), grouping(s.person_id) AS g
FROM shop.sales AS s GROUP BY ROLLUP (s.person_id, s.item_id);

-- name: grouping_sets_of_expression :many
-- a? n
SELECT coalesce(s.comment, '') AS a, count(*) AS n
FROM shop.sales AS s GROUP BY GROUPING SETS ((coalesce(s.comment, '')), ());

-- name: cube :many
-- person_id?
SELECT s.person_id FROM shop.sales AS s GROUP BY CUBE (s.person_id);

-- name: percentiles :many
-- a b
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s.amount) AS a, mode() WITHIN GROUP (ORDER BY s.amount) AS b
FROM shop.sales AS s GROUP BY s.person_id;

-- name: windows :many
-- a b c? d e f? g h?
SELECT
    row_number() OVER w AS a, sum(s.amount) OVER w AS b, lag(s.amount) OVER w AS c,
    lag(s.amount, 1, 0) OVER w AS d, first_value(s.amount) OVER w AS e, nth_value(s.amount, 2) OVER w AS f,
    count(s.comment) OVER w AS g, max(s.comment) OVER w AS h
FROM shop.sales AS s WINDOW w AS (PARTITION BY s.person_id ORDER BY s.id);

-- name: window_frames :many
-- a? b c?
SELECT
    sum(s.amount) OVER (ORDER BY s.id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS a,
    sum(s.amount) OVER (ORDER BY s.id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS b,
    sum(s.amount) OVER (ORDER BY s.id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) AS c
FROM shop.sales AS s;

-- name: union_all :many
-- a b?
SELECT p.name AS a, p.name AS b FROM shop.people AS p UNION ALL SELECT i.title, i.note FROM shop.items AS i;

-- name: intersect :many
-- a
SELECT p.nick AS a FROM shop.people AS p INTERSECT SELECT i.title FROM shop.items AS i;

-- name: except_left :many
-- a
SELECT p.name AS a FROM shop.people AS p EXCEPT SELECT i.note FROM shop.items AS i;

-- name: except_nullable :many
-- a?
SELECT p.nick AS a FROM shop.people AS p EXCEPT SELECT i.title FROM shop.items AS i;

-- name: nested_set_operations :many
-- a?
(SELECT p.name AS a FROM shop.people AS p UNION SELECT i.note FROM shop.items AS i)
EXCEPT SELECT p.nick FROM shop.people AS p ORDER BY a;

-- name: cte :many
-- name total?
WITH t AS (SELECT s.person_id, sum(s.amount) AS total FROM shop.sales AS s GROUP BY s.person_id)
SELECT p.name, t.total FROM shop.people AS p LEFT JOIN t ON t.person_id = p.id;

-- name: cte_shadows_table :many
-- name?
WITH people AS (SELECT NULL::text AS name) SELECT people.name FROM people;

-- name: cte_in_cte :many
-- a? b
WITH x AS (SELECT p.nick AS a, p.name AS b FROM shop.people AS p), y AS (SELECT x.a, x.b FROM x)
SELECT y.a, y.b FROM y;

-- name: recursive :many
-- id boss_id? depth
WITH RECURSIVE chain AS (
    SELECT p.id, p.boss_id, 1 AS depth FROM shop.people AS p WHERE p.boss_id IS NULL
    UNION ALL
    SELECT p.id, p.boss_id, c.depth + 1 FROM shop.people AS p JOIN chain AS c ON c.id = p.boss_id
)
SELECT chain.id, chain.boss_id, chain.depth FROM chain;

-- name: recursive_adds_null :many
-- a n
-- the recursive arm gives NULL for b later
WITH RECURSIVE r AS (
    SELECT 1 AS n, 'x' AS a UNION ALL SELECT r.n + 1, r.a FROM r WHERE r.n < 3
)
SELECT r.a, r.n FROM r;

-- name: recursive_shifts_null :many
-- a? b? n
WITH RECURSIVE r AS (
    SELECT 1 AS n, 'x' AS a, 'y' AS b
    UNION ALL
    SELECT r.n + 1, r.b, (SELECT p.nick FROM shop.people AS p LIMIT 1) FROM r WHERE r.n < 4
)
SELECT r.a, r.b, r.n FROM r;

-- name: view :many
-- gift_for receiver? nick?
SELECT g.gift_for, g.receiver, g.nick FROM shop.gifts AS g;

-- name: view_under_left_join :many
-- gift_for?
SELECT g.gift_for FROM shop.people AS p LEFT JOIN shop.gifts AS g ON g.person_id = p.id;

-- name: inherited :many
-- town
SELECT q.town FROM shop.places AS q;

-- name: insert_returning :one
-- id name nick?
INSERT INTO shop.people (id, name, nick) VALUES (:id, :name, :nick)
RETURNING id, name, nick;

-- name: upsert_returning :one
-- id name nick? fresh
INSERT INTO shop.people AS p (id, name) VALUES (:id, :name)
ON CONFLICT (id) DO UPDATE SET name = excluded.name
RETURNING p.id, p.name, p.nick, p.xmax = 0 AS fresh;

-- name: insert_select_returning :many
-- id title
INSERT INTO shop.items (title, price, kind) SELECT p.name, 1, 'toy' FROM shop.people AS p RETURNING id, title;

-- name: update_where_does_not_hold_after :many
-- nick?
UPDATE shop.people AS p SET nick = NULL WHERE p.nick IS NOT NULL RETURNING p.nick;

-- name: update_from :many
-- name amount comment
UPDATE shop.people AS p SET nick = s.comment
FROM shop.sales AS s WHERE s.person_id = p.id AND s.comment IS NOT NULL
RETURNING p.name, s.amount, s.comment;

-- name: delete_where_holds :many
-- comment gift_for?
DELETE FROM shop.sales AS s WHERE s.comment IS NOT NULL RETURNING s.comment, s.gift_for;

-- name: delete_using :many
-- comment? name
DELETE FROM shop.sales AS s USING shop.people AS p WHERE p.id = s.person_id RETURNING s.comment, p.name;

-- name: writing_cte :many
-- id nick? title?
WITH gone AS (DELETE FROM shop.sales AS s RETURNING s.item_id, s.person_id)
SELECT p.id, p.nick, i.title
FROM shop.people AS p LEFT JOIN gone ON gone.person_id = p.id LEFT JOIN shop.items AS i ON i.id = gone.item_id;

-- name: distinct_on :many
-- person_id comment?
SELECT DISTINCT ON (s.person_id) s.person_id, s.comment FROM shop.sales AS s ORDER BY s.person_id, s.id;

-- name: correlated_outer_null :many
-- a?
SELECT (SELECT coalesce(s.comment, p.nick) FROM shop.sales AS s LIMIT 1) AS a FROM shop.people AS p;

-- name: lateral_without_from :many
-- a b?
SELECT l.a, l.b FROM shop.people AS p, LATERAL (SELECT p.name AS a, p.nick AS b) AS l;

-- name: for_update :many
-- id
SELECT p.id FROM shop.people AS p FOR UPDATE;

