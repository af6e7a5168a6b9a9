-- name: constants :one
-- one nothing? flag
SELECT 1 AS one, NULL::text AS nothing, true AS flag;

-- name: coalesce :many
-- a b? c
SELECT coalesce(p.nick, p.name) AS a, coalesce(p.nick, p.email) AS b, coalesce(p.nick, '') AS c
FROM shop.people AS p;

-- name: greatest :many
-- a b?
SELECT greatest(p.nick, p.name) AS a, least(p.nick, p.email) AS b FROM shop.people AS p;

-- name: cases :many
-- a b? c? d
SELECT
    CASE WHEN p.id > 3 THEN p.name ELSE 'x' END AS a,
    CASE WHEN p.id > 3 THEN p.name END AS b,
    CASE WHEN p.id > 3 THEN p.nick ELSE 'x' END AS c,
    CASE WHEN p.nick IS NOT NULL THEN p.nick ELSE p.name END AS d
FROM shop.people AS p;

-- name: simple_case :many
-- a b?
SELECT
    CASE p.name WHEN 'a' THEN 1 ELSE 2 END AS a,
    CASE p.nick WHEN 'a' THEN p.nick ELSE p.nick END AS b
FROM shop.people AS p;

-- name: operators :many
-- a b? c d? e? f?
SELECT
    p.id + 1 AS a, p.boss_id + 1 AS b, p.name || '!' AS c, p.nick || '!' AS d, p.nick = 'a' AS e,
    NOT (p.nick = 'a') AS f
FROM shop.people AS p;

-- name: booleans :many
-- a b? c d
SELECT
    p.id > 1 AND p.name = 'a' AS a, p.id > 1 OR p.nick = 'a' AS b, p.nick IS NULL AS c,
    (p.nick = 'a') IS TRUE AS d
FROM shop.people AS p;

-- name: builtin_functions :many
-- a b? c d? e? f
SELECT
    upper(p.name) AS a, upper(p.nick) AS b, length(p.name) AS c, array_length(p.tags, 1) AS d,
    substring(p.name FROM 'a+') AS e, cardinality(p.tags) AS f
FROM shop.people AS p;

-- name: substring_by_position :many
-- a b
SELECT substring(p.name FROM 1 FOR 2) AS a, left(p.name, 2) AS b FROM shop.people AS p;

-- name: range_bounds :many
-- a? b
SELECT lower(int4range(NULL, p.id::integer)) AS a, isempty(int4range(1, 2)) AS b FROM shop.people AS p;

-- name: not_strict_functions :many
-- a b c?
SELECT concat(p.nick, p.email) AS a, jsonb_build_object('n', p.nick) AS b, format(p.nick, 1) AS c
FROM shop.people AS p;

-- name: json_operators :many
-- a? b? c
SELECT i.labels -> 0 AS a, i.labels ->> 0 AS b, i.labels || '[]' AS c FROM shop.items AS i;

-- name: extracts :many
-- a b? c
SELECT
    extract(year FROM s.sold_at) AS a, extract(hour FROM s.sold_at) AS b, date_trunc('day', s.sold_at) AS c
FROM shop.sales AS s;

-- name: casts_to_time :many
-- a b?
SELECT s.sold_at::date AS a, s.sold_at::time AS b FROM shop.sales AS s;

-- name: casts_from_json :many
-- a? b?
SELECT (i.extra ->> 'a')::integer AS a, (i.labels -> 0)::boolean AS b FROM shop.items AS i WHERE i.labels -> 0 = 'true';

-- name: nullif :many
-- a?
SELECT nullif(p.name, 'a') AS a FROM shop.people AS p;

-- name: arrays :many
-- a b? c
SELECT ARRAY[p.nick] AS a, p.tags[1] AS b, ARRAY(SELECT s.comment FROM shop.sales AS s) AS c
FROM shop.people AS p;

-- name: array_operators :many
-- a b?
SELECT p.name = ANY (ARRAY['a', 'b']) AS a, p.name = ANY (p.tags) AS b FROM shop.people AS p;

-- name: in_lists :many
-- a b? c?
SELECT p.name IN ('a', 'b') AS a, p.nick IN ('a', 'b') AS b, p.name IN ('a', p.nick) AS c
FROM shop.people AS p;

-- name: in_subquery :many
-- a b?
SELECT
    p.name IN (SELECT i.title FROM shop.items AS i) AS a,
    p.name IN (SELECT i.note FROM shop.items AS i) AS b
FROM shop.people AS p;

-- name: exists_and_scalar :many
-- a b? c d?
SELECT
    EXISTS (SELECT FROM shop.sales AS s WHERE s.person_id = p.id) AS a,
    (SELECT s.amount FROM shop.sales AS s WHERE s.person_id = p.id LIMIT 1) AS b,
    (SELECT count(*) FROM shop.sales AS s WHERE s.person_id = p.id) AS c,
    (SELECT max(s.amount) FROM shop.sales AS s WHERE s.person_id = p.id) AS d
FROM shop.people AS p;

-- name: scalar_with_having :many
-- a?
SELECT (SELECT count(*) FROM shop.sales AS s HAVING count(*) > 1) AS a FROM shop.people AS p;

-- name: session_values :one
-- a b c?
SELECT CURRENT_USER AS a, CURRENT_TIMESTAMP AS b, CURRENT_SCHEMA AS c;

-- name: user_functions :many
-- a b? c d?
SELECT
    shop.shout(p.name) AS a, shop.shout(p.nick) AS b, shop.or_nobody(p.nick) AS c, shop.nick_of(p.id) AS d
FROM shop.people AS p;

-- name: sql_function_in_from :many
-- item_id title note?
SELECT c.item_id, c.title, c.note FROM shop.cheap(:price) AS c;

-- name: plpgsql_rows_are_not_trusted :many
-- id? name?
SELECT e.id, e.name FROM shop.everyone() AS e;

-- name: declared_by_the_function :one
-- sale_id total?
SELECT s.sale_id, s.total FROM shop.sell(:person_id, :item_id, :amount) AS s;

-- name: declared_under_left_join :many
-- sale_id?
SELECT s.sale_id
FROM shop.people AS p LEFT JOIN LATERAL shop.sell(p.id, :item_id, 1) AS s ON p.id < 0;

-- name: generate_series :many
-- n
SELECT n FROM generate_series(1, 3) AS n;

-- name: series_with_ordinality :many
-- a? n
SELECT u.a, u.n FROM unnest(ARRAY['a', NULL]) WITH ORDINALITY AS u (a, n);

-- name: unnest_of_values :many
-- a
SELECT a FROM unnest(ARRAY['a', 'b']) AS a;

-- name: several_functions :many
-- a? b?
SELECT r.a, r.b FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) AS r (a, b);

-- name: sets_in_select_list :many
-- a? b?
SELECT generate_series(1, 2) AS a, generate_series(1, 3) AS b;

-- name: one_set_in_select_list :many
-- a
SELECT generate_series(1, 2) AS a;

-- name: values_list :many
-- a b?
SELECT v.a, v.b FROM (VALUES (1, 'x'), (2, NULL)) AS v (a, b);

-- name: bare_values :many
-- column1 column2?
VALUES (1, 'x'), (2, NULL);

-- name: whole_row :many
-- a b?
SELECT p.*::text AS a, s.*::text AS b FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id;

-- name: json_each :many
-- key value text?
SELECT e.key, e.value, t.value AS text
FROM shop.items AS i, jsonb_each(i.extra) AS e, jsonb_each_text(i.extra) AS t;

-- name: parameters_feed_results :one
-- :b?
-- a b?
SELECT CAST(:a AS text) AS a, CAST(:b AS text) AS b;
