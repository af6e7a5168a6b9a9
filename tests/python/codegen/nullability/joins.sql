-- name: plain :many
-- id name nick?
SELECT p.id, p.name, p.nick FROM shop.people AS p;

-- name: left_join :many
-- name amount?
SELECT p.name, s.amount FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id;

-- name: right_join :many
-- name? amount
SELECT p.name, s.amount FROM shop.people AS p RIGHT JOIN shop.sales AS s ON s.person_id = p.id;

-- name: full_join :many
-- name? amount?
SELECT p.name, s.amount FROM shop.people AS p FULL JOIN shop.sales AS s ON s.person_id = p.id;

-- name: full_join_using :many
-- id
SELECT id FROM shop.people FULL JOIN shop.items USING (id);

-- name: full_join_under_left :many
-- id?
SELECT j.id FROM shop.places AS q LEFT JOIN (shop.people FULL JOIN shop.items USING (id)) AS j ON j.id = q.id;

-- name: left_join_using :many
-- id title?
SELECT id, i.title FROM shop.people AS p LEFT JOIN shop.items AS i USING (id);

-- name: right_join_using :many
-- id name?
SELECT id, p.name FROM shop.people AS p RIGHT JOIN shop.items AS i USING (id);

-- name: natural_left_join :many
-- id title?
SELECT id, title FROM shop.people NATURAL LEFT JOIN shop.items;

-- name: where_undoes_left :many
-- name amount comment?
SELECT p.name, s.amount, s.comment
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id WHERE s.amount > 3;

-- name: is_not_null_undoes_left :many
-- amount comment
SELECT s.amount, s.comment
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id WHERE s.comment IS NOT NULL;

-- name: or_proves_what_both_prove :many
-- amount comment?
SELECT s.amount, s.comment
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id
WHERE (s.amount > 3 AND s.comment = 'a') OR s.amount = 1;

-- name: or_with_is_null_proves_nothing :many
-- amount?
SELECT s.amount
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id
WHERE s.amount > 3 OR s.amount IS NULL;

-- name: coalesce_in_where_proves_nothing :many
-- amount?
SELECT s.amount
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id
WHERE coalesce(s.amount, 0) < 5;

-- name: not_of_comparison_proves :many
-- amount
SELECT s.amount
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id WHERE NOT s.amount > 3;

-- name: condition_on_left_arm_proves_nothing :many
-- nick? amount?
SELECT p.nick, s.amount
FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id AND p.nick IS NOT NULL;

-- name: condition_of_inner_join_proves :many
-- gift_for name
SELECT s.gift_for, p.name FROM shop.sales AS s JOIN shop.people AS p ON p.id = s.gift_for;

-- name: chain_of_left_joins :many
-- name amount? title?
SELECT p.name, s.amount, i.title
FROM shop.people AS p
LEFT JOIN shop.sales AS s ON s.person_id = p.id
LEFT JOIN shop.items AS i ON i.id = s.item_id;

-- name: inner_after_left_restores :many
-- name amount title
SELECT p.name, s.amount, i.title
FROM shop.people AS p
LEFT JOIN shop.sales AS s ON s.person_id = p.id
JOIN shop.items AS i ON i.id = s.item_id;

-- name: nested_join :many
-- name amount? title?
SELECT p.name, s.amount, i.title
FROM shop.people AS p
LEFT JOIN (shop.sales AS s JOIN shop.items AS i ON i.id = s.item_id) ON s.person_id = p.id;

-- name: nested_proof_defeats_both :many
-- amount title
SELECT s.amount, i.title
FROM shop.people AS p
LEFT JOIN (shop.sales AS s JOIN shop.items AS i ON i.id = s.item_id) ON s.person_id = p.id
WHERE i.title LIKE 'a%';

-- name: inner_proof_within_left :many
-- gift_for?
SELECT s.gift_for
FROM shop.people AS p
LEFT JOIN (shop.sales AS s JOIN shop.people AS g ON g.id = s.gift_for) ON s.person_id = p.id;

-- name: left_lateral :many
-- name amount?
SELECT p.name, l.amount
FROM shop.people AS p
LEFT JOIN LATERAL (SELECT s.amount FROM shop.sales AS s WHERE s.person_id = p.id LIMIT 1) AS l ON true;

-- name: cross_lateral :many
-- name amount
SELECT p.name, l.amount
FROM shop.people AS p
CROSS JOIN LATERAL (SELECT s.amount FROM shop.sales AS s WHERE s.person_id = p.id LIMIT 1) AS l;

-- name: left_join_of_subquery :many
-- name total?
SELECT p.name, t.total
FROM shop.people AS p
LEFT JOIN (SELECT s.person_id, sum(s.amount) AS total FROM shop.sales AS s GROUP BY s.person_id) AS t
    ON t.person_id = p.id;

-- name: join_alias :many
-- name amount?
SELECT j.name, j.amount
FROM (shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id) AS j (pid, name, nick, email, born, boss_id, tags, spid, sid, item_id, amount);

-- name: self_join :many
-- name boss?
SELECT p.name, b.name AS boss FROM shop.people AS p LEFT JOIN shop.people AS b ON b.id = p.boss_id;

-- name: in_subquery_proves :many
-- gift_for
SELECT s.gift_for FROM shop.sales AS s WHERE s.gift_for IN (SELECT p.id FROM shop.people AS p);

-- name: any_array_proves :many
-- :ids
-- gift_for
SELECT s.gift_for FROM shop.sales AS s WHERE s.gift_for = ANY (CAST(:ids AS bigint[]));

-- name: all_array_proves_nothing :many
-- gift_for?
SELECT s.gift_for FROM shop.sales AS s WHERE s.gift_for = ALL (CAST(:ids AS bigint[]));

-- name: row_comparison_proves_the_first :many
-- gift_for comment?
SELECT s.gift_for, s.comment FROM shop.sales AS s WHERE (s.gift_for, s.comment) > (1, 'a');

-- name: between_proves :many
-- born
SELECT p.born FROM shop.people AS p WHERE p.born BETWEEN '1950-01-01' AND '2050-01-01';

-- name: distinct_from_proves_nothing :many
-- nick?
SELECT p.nick FROM shop.people AS p WHERE p.nick IS DISTINCT FROM 'a';

-- name: system_column :many
-- tableoid ctid?
SELECT p.tableoid, s.ctid FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id;

-- name: cast_keeps :many
-- id nick?
SELECT p.id::text AS id, p.nick::varchar(10) AS nick FROM shop.people AS p;

-- name: not_any_of_what_may_be_empty :many
-- gift_for?
SELECT s.gift_for FROM shop.sales AS s WHERE NOT (s.gift_for = ANY (CAST(:ids AS bigint[])));

-- name: not_in_list_proves :many
-- gift_for
SELECT s.gift_for FROM shop.sales AS s WHERE s.gift_for NOT IN (1, 2);

-- name: not_in_subquery_proves_nothing :many
-- gift_for?
SELECT s.gift_for FROM shop.sales AS s WHERE s.gift_for NOT IN (SELECT i.id FROM shop.items AS i WHERE i.price > 7);

-- name: any_is_false_proves_nothing :many
-- gift_for?
SELECT s.gift_for FROM shop.sales AS s WHERE (s.gift_for = ANY (CAST(:ids AS bigint[]))) IS FALSE;
