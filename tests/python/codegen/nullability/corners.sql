-- name: full_join_where_proves_one_arm :many
-- name title?
SELECT p.name, i.title FROM shop.people AS p FULL JOIN shop.items AS i ON i.id = p.id WHERE p.id > 0;

-- name: full_join_where_proves_both_arms :many
-- name title
SELECT p.name, i.title
FROM shop.people AS p FULL JOIN shop.items AS i ON i.id = p.id WHERE p.id > 0 AND i.id > 0;

-- name: full_joins_in_a_row :many
-- id name? title? town?
SELECT id, p.name, i.title, q.town
FROM shop.people AS p FULL JOIN shop.items AS i USING (id) FULL JOIN shop.places AS q USING (id);

-- name: rollup_by_a_join_alias :many
-- a? b? c?
SELECT id AS a, p.id AS b, p.id + 1 AS c
FROM shop.people AS p JOIN shop.items AS i USING (id) GROUP BY ROLLUP (id, p.id);

-- name: rollup_seen_from_a_subquery :many
-- a? b n
SELECT (SELECT p.id) AS a, (SELECT coalesce(p.id, 0)) AS b, count(*) AS n
FROM shop.people AS p GROUP BY ROLLUP (p.id);

-- name: what_every_grouping_set_has :many
-- person_id item_id? n
SELECT s.person_id, s.item_id, count(*) AS n
FROM shop.sales AS s GROUP BY s.person_id, ROLLUP (s.item_id);

-- name: what_some_grouping_sets_have :many
-- person_id item_id?
SELECT s.person_id, s.item_id
FROM shop.sales AS s GROUP BY GROUPING SETS ((s.person_id, s.item_id), (s.person_id));

-- name: sets_that_only_sort :many
-- a?
SELECT generate_series(1, 2) AS a ORDER BY generate_series(1, 4);

-- name: variadic_of_null :many
-- a? b? c? d
SELECT
    concat(VARIADIC i.extra_tags) AS a, jsonb_build_array(VARIADIC i.extra_tags) AS b,
    num_nulls(VARIADIC i.extra_tags) AS c, concat(i.extra_tags, 'x') AS d
FROM (SELECT nullif(p.tags, '{}') AS extra_tags FROM shop.people AS p) AS i;

-- name: any_of_arrays_of_arrays :many
-- a? b
SELECT p.name = ANY (ARRAY[p.tags, p.tags]) AS a, p.name = ANY ('{a,b}'::text[]) AS b
FROM shop.people AS p;

-- name: constant_array_with_null :many
-- a?
SELECT p.name = ANY ('{a,NULL}'::text[]) AS a FROM shop.people AS p;

-- name: not_any_of_an_empty_array_of_arrays :many
-- gift_for?
SELECT s.gift_for FROM shop.sales AS s WHERE NOT (s.gift_for = ANY (ARRAY['{}'::bigint[]]));

-- name: unnest_of_rows :many
-- text? weight?
SELECT l.text, l.weight FROM unnest(ARRAY[ROW(NULL, 1)::shop.label]) AS l;

-- name: unnest_in_select_list :many
-- a b?
SELECT unnest(ARRAY['a', 'b']) AS a, NULL AS b;

-- name: first_value_sees_other_rows :many
-- a? b? c
SELECT
    CASE WHEN s.comment IS NOT NULL THEN first_value(s.comment) OVER w ELSE 'x' END AS a,
    CASE WHEN s.comment IS NOT NULL THEN lag(s.comment, 1, '') OVER w ELSE 'x' END AS b,
    CASE WHEN s.comment IS NOT NULL THEN max(s.comment) OVER w ELSE 'x' END AS c
FROM shop.sales AS s WINDOW w AS (ORDER BY s.id);

-- name: case_by_exclusion :many
-- a b c? d
SELECT
    CASE WHEN p.nick IS NULL THEN 'x' ELSE p.nick END AS a,
    CASE WHEN p.nick IS NULL OR p.id > 2 THEN 'x' ELSE p.nick END AS b,
    CASE WHEN p.nick IS NULL AND p.id > 2 THEN 'x' ELSE p.nick END AS c,
    CASE WHEN p.nick IS NULL THEN 'x' WHEN p.id > 1 THEN p.nick ELSE p.nick || '!' END AS d
FROM shop.people AS p;

-- name: case_of_null_is_not_false :many
-- a? b?
SELECT
    CASE WHEN p.nick = 'a' THEN 'x' ELSE p.nick END AS a,
    CASE WHEN NOT (p.nick = 'a') THEN 'x' ELSE p.nick END AS b
FROM shop.people AS p;

-- name: nested_case :many
-- a
SELECT CASE WHEN p.nick IS NOT NULL THEN CASE WHEN p.id > 1 THEN p.nick ELSE upper(p.nick) END ELSE '' END AS a
FROM shop.people AS p;

-- name: case_guards_a_subquery :many
-- a b?
SELECT
    CASE WHEN p.nick IS NOT NULL THEN (SELECT p.nick) ELSE '' END AS a,
    coalesce(CASE WHEN p.nick IS NOT NULL THEN (SELECT p.nick) ELSE NULL END, (SELECT p.nick)) AS b
FROM shop.people AS p;

-- name: case_undoes_left_join :many
-- a
SELECT CASE WHEN s.id IS NOT NULL THEN s.amount ELSE 0 END AS a
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id;

-- name: not_is_null :many
-- nick
SELECT p.nick FROM shop.people AS p WHERE NOT (p.nick IS NULL);

-- name: not_of_or :many
-- nick born
SELECT p.nick, p.born FROM shop.people AS p WHERE NOT (p.nick IS NULL OR p.born IS NULL);

-- name: row_is_not_null :many
-- nick born?
SELECT p.nick, p.born FROM shop.people AS p WHERE (p.nick, p.id) IS NOT NULL;

-- name: not_row_is_null :many
-- nick? born?
SELECT p.nick, p.born FROM shop.people AS p WHERE NOT ((p.nick, p.born) IS NULL);

-- name: whole_row_is_not_null :many
-- amount comment
SELECT s.amount, s.comment
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id WHERE s IS NOT NULL;

-- name: not_whole_row_is_null :many
-- amount comment?
SELECT s.amount, s.comment
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id WHERE NOT (s IS NULL);

-- name: not_distinct_from :many
-- nick boss_id?
SELECT p.nick, p.boss_id FROM shop.people AS p
WHERE p.nick IS NOT DISTINCT FROM 'a' AND p.boss_id IS NOT DISTINCT FROM p.id - 1000 + p.boss_id;

-- name: field_of_whole_row :many
-- a b?
SELECT (p).name AS a, (s).amount AS b FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id;

-- name: field_of_composite :many
-- a?
SELECT (ROW(NULL, 1)::shop.label).text AS a FROM shop.people AS p;

-- name: slices :many
-- a b? c?
SELECT p.tags[1 : 2] AS a, p.tags[1 : p.boss_id::integer] AS b, (p.tags[1 : 2])[1] AS c FROM shop.people AS p;

-- name: json_paths :many
-- a? b? c? d?
SELECT i.extra -> 'a' AS a, i.labels #> '{0}' AS b, i.labels @? '$[0]' AS c, i.labels -> 'a' AS d FROM shop.items AS i;

-- name: strict_function_in_from :many
-- a? b
SELECT t.a, u.b
FROM shop.people AS p, shop.shout(p.nick) AS t (a), shop.or_nobody(p.nick) AS u (b);

-- name: infinite_time_of_day :many
-- a? b?
SELECT s.sold_at::time AS a, CAST(s.sold_at AS timetz) AS b FROM shop.sales AS s;

-- name: array_cast_of_times :many
-- a?
SELECT '12:00'::time = ANY (ARRAY[s.sold_at::timestamp]::time[]) AS a FROM shop.sales AS s;

-- name: to_char_of_infinity :many
-- a?
SELECT to_char(s.sold_at, 'YYYY') AS a FROM shop.sales AS s;

-- name: recursion_with_search :many
-- id depth
WITH RECURSIVE chain AS (
    SELECT p.id, 1 AS depth FROM shop.people AS p
    UNION ALL
    SELECT p.id, c.depth + 1 FROM shop.people AS p JOIN chain AS c ON c.id = p.boss_id WHERE c.depth < 4
) SEARCH DEPTH FIRST BY id SET path
SELECT chain.id, chain.depth FROM chain ORDER BY chain.path;

-- name: recursion_over_left_join :many
-- id boss?
WITH RECURSIVE chain AS (
    SELECT p.id, p.id AS boss FROM shop.people AS p WHERE p.id < 2
    UNION
    SELECT c.boss, b.id FROM chain AS c LEFT JOIN shop.people AS b ON b.id = c.boss + 1 WHERE c.boss IS NOT NULL
)
SELECT chain.id, chain.boss FROM chain;

-- name: lateral_of_left_joined :many
-- a? b
SELECT l.a, l.b
FROM shop.people AS p
LEFT JOIN shop.sales AS s ON s.person_id = p.id
CROSS JOIN LATERAL (SELECT s.amount AS a, coalesce(s.amount, 0) AS b) AS l;

-- name: left_join_within_where_in_subquery :many
-- comment
SELECT s.comment FROM shop.sales AS s
WHERE s.comment IN (SELECT i.title FROM shop.people AS p LEFT JOIN shop.items AS i ON i.id = p.id);

-- name: any_proves_through_coalesce_of_both :many
-- nick?
SELECT p.nick FROM shop.people AS p WHERE coalesce(p.nick, p.name) = 'a';

-- name: coalesce_of_the_same_proves :many
-- nick
SELECT p.nick FROM shop.people AS p WHERE coalesce(p.nick, lower(p.nick)) = 'a';

-- name: delete_with_left_joined_using :many
-- id title?
DELETE FROM shop.sales AS s USING shop.people AS p LEFT JOIN shop.items AS i ON i.id = p.id
WHERE p.id = s.person_id RETURNING s.id, i.title;

-- name: update_sees_target_in_subquery :many
-- nick? a?
UPDATE shop.people AS p SET nick = NULL WHERE p.nick IS NOT NULL RETURNING p.nick, (SELECT p.nick) AS a;

-- name: insert_into_select_of_nothing :many
-- comment?
INSERT INTO shop.sales (person_id, item_id, amount, comment)
SELECT s.person_id, s.item_id, 1, s.comment FROM shop.sales AS s WHERE s.comment IS NOT NULL
RETURNING comment;

-- name: distinct :many
-- nick? name
SELECT DISTINCT p.nick, p.name FROM shop.people AS p;

-- name: json_constructors :many
-- a b? c d?
-- @requires 16
SELECT
    JSON_OBJECT('n': p.nick) AS a, JSON_ARRAYAGG(p.nick) AS b,
    p.name IS JSON AS c, p.nick IS JSON AS d
FROM shop.people AS p GROUP BY p.id;

-- name: json_query_functions :many
-- a? b? c d? e?
-- @requires 17
SELECT
    JSON_VALUE(i.labels, '$[0].text') AS a, JSON_QUERY(i.labels, '$[0]') AS b,
    JSON_EXISTS(i.labels, '$[0]') AS c, JSON_EXISTS(i.labels, 'strict $.a' UNKNOWN ON ERROR) AS d,
    JSON_EXISTS(i.extra, '$.a') AS e
FROM shop.items AS i;

-- name: json_scalars :many
-- a b? c
-- @requires 17
SELECT JSON_SCALAR(p.id) AS a, JSON_SCALAR(p.nick) AS b, JSON_SERIALIZE(JSON_OBJECT('a': 1)) AS c
FROM shop.people AS p;

-- name: json_table :many
-- n? t? id
-- @requires 17
SELECT j.n, j.t, i.id
FROM shop.items AS i,
    JSON_TABLE(i.labels, '$[*]' COLUMNS (n FOR ORDINALITY, t text PATH '$.text')) AS j;

-- name: rows_of_nothing :many
-- a b
SELECT ROW() AS a, ARRAY[ROW(), ROW()] AS b;
