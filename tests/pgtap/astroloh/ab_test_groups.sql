-- Experiments, and in which group of one a person is.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.ab_test_groups') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('test_name', 'text', true, NULL),
        ('group_name', 'text', true, NULL),
        ('is_active', 'boolean', true, 'true'),
        ('assigned_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-17] [A-17.1..A-17.4] [A-17.8] [A-17.9] [A-F20] assignments have their columns'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.ab_tests') $$,
    $$
    VALUES
        ('test_name', 'text', true, NULL),
        ('groups', 'text[]', true, '''{control,variant_a}''::text[]'),
        ('test_parameters', 'jsonb', true, '''{}''::jsonb'),
        ('test_start_date', 'timestamp with time zone', true, NULL),
        ('test_end_date', 'timestamp with time zone', false, NULL),
        ('is_active', 'boolean', true, 'true'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-17.3] [A-17.5..A-17.7] [A-F17] dates and parameters are the experiment''s, once'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.ab_test_groups') $$,
    $$
    VALUES
        ('UNIQUE ab_test_groups_pkey btree (user_id, id)'),
        ('ab_test_groups_test_name_idx btree (test_name, group_name, user_id)'),
        ('UNIQUE ab_test_groups_test_name_key btree (user_id, test_name)')
    $$,
    '[A-17.10..A-17.12] [A-F3] [A-F4] [A-F17] assignments have the indexes they need and no other'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.ab_test_groups'::regclass AND contype = 'f' ORDER BY conname $$,
    $$ VALUES ('ab_test_groups_test_name_fkey', 'r'), ('ab_test_groups_user_id_fkey', 'c') $$,
    '[A-17.2] an assignment goes with the person'
);

SET LOCAL ROLE astroloh_worker;
INSERT INTO astroloh.ab_tests (test_name, groups, test_start_date, test_end_date)
VALUES
    ('tone', '{control,variant_a,variant_b}', now() - interval '1 day', NULL),
    ('early', '{control,variant_a}', now() + interval '1 day', NULL),
    ('late', '{control,variant_a}', now() - interval '2 days', now() - interval '1 day');
SELECT throws_matching(
    format('INSERT INTO astroloh.ab_tests (test_name, groups, test_start_date, test_end_date) VALUES (''x'', %s)', wrong.data),
    wrong.error, wrong.why
)
FROM (
    VALUES
        ('''{control}'', now(), NULL', 'groups_check', '[A-17.4] an experiment has two groups at least'),
        ('''{a,b}'', now(), NULL', 'groups_check', '[A-17.4] the first of which is control'),
        ('''{control,NULL}'', now(), NULL', 'groups_check', '[A-17.4] each with a name'),
        ('''{control,a}'', now(), now()', 'dates_check', '[A-17.6] [A-17.7] [A-F17] [A-F32] it ends after it began'),
        ('''{control,a}'', NULL, NULL', 'null value', '[A-17.6] and begins')
) AS wrong (data, error, why);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SELECT throws_ok($$ SELECT astroloh.assign_group('tone') $$, 'KR001', NULL, 'nobody is in no group');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT set_config('test.group', astroloh.assign_group('tone'), true);
SELECT ok(
    current_setting('test.group') = ANY (ARRAY['control', 'variant_a', 'variant_b']), '[A-17.4] a person comes into one of the groups'
);
SELECT is(astroloh.assign_group('tone'), current_setting('test.group'), '[A-F17] and stays in it');
SELECT is((SELECT count(*) FROM astroloh.ab_test_groups), 1::bigint, '[A-F17] once');
SELECT throws_ok(format('SELECT astroloh.assign_group(%L)', wrong.name), 'ZD007', NULL, '[A-17.6] [A-17.7] not into ' || wrong.name)
FROM unnest(ARRAY['early', 'late', 'nothing']) AS wrong (name);
SELECT throws_ok(
    $$ INSERT INTO astroloh.ab_test_groups (user_id, test_name, group_name) VALUES (kernel.user_uuid(), 'tone', 'control') $$,
    '42501', NULL, '[A-F17] nobody chooses the group'
);
SELECT throws_ok($$ UPDATE astroloh.ab_test_groups SET group_name = 'control' $$, '42501', NULL, '[A-F17] or changes it');
SELECT lives_ok($$ UPDATE astroloh.ab_test_groups SET is_active = false $$, '[A-17.8] one may leave');
SELECT is(astroloh.assign_group('tone'), NULL, '[A-17.8] and is not taken back');
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.ab_test_groups $$, 'nobody sees in which group others are');
SET LOCAL ROLE astroloh_worker;
SELECT lives_ok($$ UPDATE astroloh.ab_tests SET is_active = false WHERE test_name = 'tone' $$, '[A-17.8] an experiment may be stopped');
SET LOCAL ROLE astroloh_app;
SELECT throws_ok($$ SELECT astroloh.assign_group('tone') $$, 'ZD007', NULL, '[A-17.8] and takes nobody in then');
RESET ROLE;
SELECT throws_ok(
    $$
    INSERT INTO astroloh.ab_test_groups (user_id, test_name, group_name)
    VALUES (current_setting('test.ann')::uuid, 'tone', 'variant_b')
    $$,
    '23505', NULL, '[A-F17] nobody is in two groups, whoever puts them there'
);
SELECT throws_matching(
    $$ DELETE FROM astroloh.ab_tests WHERE test_name = 'tone' $$, 'test_name_fkey', 'an experiment stays as long as its groups'
);
-- People are spread evenly.
INSERT INTO astroloh.users (id) SELECT gen_random_uuid() FROM generate_series(1, 300);
SELECT pg_temp.agree_all();
UPDATE astroloh.ab_tests SET is_active = true WHERE test_name = 'tone';
DO $$
DECLARE
    v_user uuid;
BEGIN
    FOR v_user IN SELECT u.id FROM astroloh.users AS u LOOP
        PERFORM set_config('kernel.user_id', v_user::text, true), astroloh.assign_group('tone');
    END LOOP;
END;
$$;
SELECT ok(
    (SELECT min(c.people) > 60 AND count(*) = 3 FROM
        (SELECT count(*) AS people FROM astroloh.ab_test_groups AS g GROUP BY g.group_name) AS c),
    '[A-17.4] people are spread over the groups'
);

SELECT * FROM finish();
ROLLBACK;
