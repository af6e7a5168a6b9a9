-- Pairs of people: once each, with a status that follows from their decisions.
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
    WHERE a.attrelid = 'saltbitter.matches'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('user_a_id', 'uuid', true, NULL),
        ('user_b_id', 'uuid', true, NULL),
        ('compatibility_score', 'numeric(5,2)', false, NULL),
        ('status', 'text', true, '''pending''::text'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('matched_at', 'timestamp with time zone', false, NULL)
    $$,
    '[S-13] [S-13.1..S-13.7] [S-F8] matches has its columns'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'matches' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX matches_pkey ON saltbitter.matches USING btree (id)'),
        ('CREATE INDEX matches_user_a_id_idx ON saltbitter.matches USING btree (user_a_id, status)'),
        ('CREATE UNIQUE INDEX matches_user_a_id_user_b_id_key ON saltbitter.matches USING btree (user_a_id, '
            'user_b_id)'),
        ('CREATE INDEX matches_user_b_id_idx ON saltbitter.matches USING btree (user_b_id, status)')
    $$,
    '[S-13.10..S-13.12] [S-F2] [S-F27] matches is found from both sides with its status, and a pair is unique'
);

\ir _people.sql
SELECT pg_temp.profile(n, 'man', 'man', 48.21, 16.37) FROM generate_series(1, 4) AS n;
SELECT set_config('kernel.app', 'saltbitter', true);

SET LOCAL ROLE saltbitter_worker;
SELECT lives_ok(
    $$ INSERT INTO saltbitter.matches (user_a_id, user_b_id, compatibility_score)
       VALUES (pg_temp.id(1), pg_temp.id(2), 61.5) $$,
    '[S-13.4] a job notes how well two people fit'
);
SELECT is((SELECT status FROM saltbitter.matches), 'pending', '[S-13.5] of whom nobody has decided');
SELECT throws_matching(
    format('INSERT INTO saltbitter.matches (user_a_id, user_b_id, compatibility_score) VALUES (%s)', wrong.row),
    wrong.rule, '[S-28] [S-05] no pair: ' || wrong.what
)
FROM (
    VALUES
        ('pg_temp.id(3), pg_temp.id(3), 1', 'matches_different_users_check', '[S-13.8] somebody alone'),
        ('pg_temp.id(3), pg_temp.id(2), 1', 'matches_different_users_check', '[S-F2] the greater id first'),
        ('pg_temp.id(2), pg_temp.id(3), 100.01', 'matches_valid_score_check', '[S-13.9] more than whole'),
        ('pg_temp.id(2), pg_temp.id(3), -0.01', 'matches_valid_score_check', '[S-13.9] less than nothing'),
        ('pg_temp.id(2), pg_temp.id(3), ''NaN''', 'matches_valid_score_check', '[S-13.9] no number'),
        ('pg_temp.id(1), pg_temp.id(2), 1', 'matches_user_a_id_user_b_id_key', '[S-F2] one that is there'),
        ('pg_temp.id(2), pg_temp.id(99), 1', 'matches_user_b_id_fkey', '[S-13.3] with nobody')
) AS wrong (row, rule, what);
SELECT throws_ok(
    $$ UPDATE saltbitter.matches SET status = 'matched' $$, '42501', NULL, '[S-F3] no job matches people'
);
RESET ROLE;
INSERT INTO saltbitter.users (id, email, password_hash, erased_at)
VALUES (pg_temp.id(5), pg_temp.id(5) || '@erased.invalid', '*', now());
SET LOCAL ROLE saltbitter_worker;
SELECT throws_ok(
    'INSERT INTO saltbitter.matches (user_a_id, user_b_id) VALUES (pg_temp.id(2), pg_temp.id(5))',
    'SB010', NULL, '[S-36] a job pairs nobody with who is gone'
);
RESET ROLE;
UPDATE saltbitter.matches SET status = 'matched';
SELECT is((SELECT status FROM saltbitter.matches), 'pending', '[S-F3] nor does anybody by hand');
UPDATE saltbitter.matches SET status = 'unmatched';
SELECT is((SELECT status FROM saltbitter.matches), 'pending', '[S-F3] and who was not matched can''t part');
SELECT ok(
    (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint AS k WHERE k.conname = 'matches_status_check')
        LIKE '%''pending''%''liked''%''passed''%''matched''%''unmatched''%',
    '[S-13.5] [S-F12] there are five states'
);

SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT saltbitter.decide(pg_temp.id(2), 'liked');
RESET ROLE;
SELECT is((SELECT status FROM saltbitter.matches), 'liked', '[S-F3] a like is on its pair');
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT saltbitter.decide(pg_temp.id(1), 'liked');
SELECT is((SELECT compatibility_score FROM saltbitter.matches), 61.50, '[S-13.4] matched people see how well they fit');
SELECT set_config('test.match', (SELECT id::text FROM saltbitter.matches), true);
SELECT results_eq(
    $$ SELECT p.user_id, p.name FROM saltbitter.matched_profile(current_setting('test.match')::uuid) AS p $$,
    $$ VALUES (pg_temp.id(1), 'Person 1') $$, 'and each other''s profile'
);
SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SELECT is_empty('SELECT * FROM saltbitter.matches', '[S-F29] a third person sees nothing of it');
SELECT is_empty(
    $$ SELECT * FROM saltbitter.matched_profile(current_setting('test.match')::uuid) $$, '[S-F29] nor of them'
);
SELECT throws_ok(
    $$ SELECT saltbitter.unmatch(current_setting('test.match')::uuid) $$, 'SB012', NULL, '[S-F29] nor parts them'
);

SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SELECT lives_ok($$ SELECT saltbitter.unmatch(current_setting('test.match')::uuid) $$, '[S-13.5] one of them may leave');
SELECT lives_ok($$ SELECT saltbitter.unmatch(current_setting('test.match')::uuid) $$, 'and say so twice');
SELECT results_eq(
    'SELECT m.status, m.matched_at FROM saltbitter.matches AS m', $$ VALUES ('unmatched', now()) $$,
    '[S-13.5] then both see that they were matched'
);
SELECT is_empty(
    $$ SELECT * FROM saltbitter.matched_profile(current_setting('test.match')::uuid) $$,
    'but not each other''s profile'
);
RESET ROLE;
UPDATE saltbitter.matches SET status = 'matched';
SELECT is((SELECT status FROM saltbitter.matches), 'unmatched', 'nothing brings them together again');
UPDATE saltbitter.matches SET updated_at = '2020-01-01';
SELECT is((SELECT updated_at FROM saltbitter.matches), now(), '[S-13.7] [S-F24] updated_at is kept by the database');
DELETE FROM saltbitter.users WHERE id = pg_temp.id(1);
SELECT is_empty(
    'SELECT FROM saltbitter.matches UNION ALL SELECT FROM saltbitter.decisions',
    '[S-04] [S-36] a pair goes with the first of the two'
);

SELECT * FROM finish();
ROLLBACK;
