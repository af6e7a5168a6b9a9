-- One decision a person about a person, seen by nobody else; two likes are a match.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'saltbitter.decisions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('target_id', 'uuid', true, NULL),
        ('decision', 'text', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[S-F3] decisions has its columns: who liked whom is kept'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'decisions' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX decisions_pkey ON saltbitter.decisions USING btree (user_id, target_id)'),
        ('CREATE INDEX decisions_target_id_idx ON saltbitter.decisions USING btree (target_id, user_id)')
    $$,
    '[S-06] decisions is found from both sides'
);

\ir _people.sql
SELECT pg_temp.profile(n, 'man', 'man', 48.21, 16.37) FROM generate_series(1, 4) AS n;
SELECT pg_temp.person(5);
SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;

SELECT results_eq(
    $$ SELECT d.decision, d.match_id FROM saltbitter.decide(pg_temp.id(2), 'liked') AS d $$,
    $$ VALUES ('liked', NULL::uuid) $$, '[S-F3] a like alone is no match'
);
SELECT results_eq(
    $$ SELECT d.decision, d.match_id FROM saltbitter.decide(pg_temp.id(2), 'liked') AS d $$,
    $$ VALUES ('liked', NULL::uuid) $$, '[S-F3] saying it twice is saying it once'
);
SELECT throws_ok(
    $$ SELECT saltbitter.decide(pg_temp.id(2), 'passed') $$, 'SB011', NULL,
    '[S-F3] one decides once about a person'
);
SELECT throws_ok(
    format($$ SELECT saltbitter.decide(%L, 'liked') $$, wrong.id), 'SB010', NULL,
    'nobody decides on ' || wrong.what
)
FROM (
    VALUES
        (pg_temp.id(99), 'who is not there'), (pg_temp.id(5), 'who shows no profile'), (NULL, 'nobody')
) AS wrong (id, what);
SELECT throws_matching(
    $$ SELECT saltbitter.decide(pg_temp.id(1), 'liked') $$, 'decisions_different_users_check',
    '[S-13.8] [S-28] nor on themselves'
);
SELECT throws_ok(
    format($$ SELECT saltbitter.decide(pg_temp.id(3), %L) $$, wrong.word), wrong.code, NULL,
    '[S-05] a decision is not ' || coalesce(wrong.word, 'nothing')
)
FROM (VALUES ('loved', '23514'), (NULL, '23502')) AS wrong (word, code);
SELECT throws_ok(
    $$ INSERT INTO saltbitter.decisions (user_id, target_id, decision) VALUES (pg_temp.id(2), pg_temp.id(1), 'liked') $$,
    '42501', NULL, '[S-F29] nobody decides for another'
);
SELECT throws_ok($$ UPDATE saltbitter.decisions SET decision = 'passed' $$, '42501', NULL, 'nor over again');
SELECT throws_ok('DELETE FROM saltbitter.decisions', '42501', NULL, 'nor takes it back');
SELECT is_empty('SELECT * FROM saltbitter.matches', '[S-F3] who likes sees no pair yet');

SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT is_empty('SELECT * FROM saltbitter.decisions', '[S-F29] who is liked does not see it');
SELECT is_empty('SELECT * FROM saltbitter.matches', '[S-F29] nor the pair');
SELECT isnt((saltbitter.decide(pg_temp.id(1), 'liked')).match_id, NULL, '[S-F3] the second like makes the match');
SELECT results_eq(
    'SELECT m.status, m.matched_at FROM saltbitter.matches AS m', $$ VALUES ('matched', now()) $$,
    '[S-13.5] both see the pair now'
);

-- A pass ends it, in either order.
SELECT saltbitter.decide(pg_temp.id(3), 'liked');
SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SELECT saltbitter.decide(pg_temp.id(2), 'passed');
SELECT saltbitter.decide(pg_temp.id(4), 'passed');
SELECT set_config('kernel.user_id', pg_temp.id(4)::text, true);
SELECT is((saltbitter.decide(pg_temp.id(3), 'liked')).match_id, NULL, '[S-F3] who was passed makes no match');
RESET ROLE;
SELECT results_eq(
    $$
    SELECT m.user_a_id, m.user_b_id, m.status
    FROM saltbitter.matches AS m
    ORDER BY m.user_a_id, m.user_b_id
    $$,
    $$
    VALUES
        (pg_temp.id(1), pg_temp.id(2), 'matched'),
        (pg_temp.id(2), pg_temp.id(3), 'passed'),
        (pg_temp.id(3), pg_temp.id(4), 'passed')
    $$,
    '[S-F2] each pair is there once, the smaller id first'
);

SELECT * FROM finish();
ROLLBACK;
