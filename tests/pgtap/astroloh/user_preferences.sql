-- What people prefer: once per person, in lists and shapes that are checked.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.user_preferences') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('interests', 'jsonb', true, '''{}''::jsonb'),
        ('communication_style', 'text', true, '''balanced''::text'),
        ('complexity_level', 'text', true, '''intermediate''::text'),
        ('preferred_time_slots', 'jsonb', true, '''[]''::jsonb'),
        ('timezone', 'text', false, NULL),
        ('cultural_context', 'text', false, NULL),
        ('language_preference', 'text', true, '''ru''::text'),
        ('content_length_preference', 'text', true, '''medium''::text'),
        ('detail_level', 'text', true, '''standard''::text'),
        ('preferences', 'jsonb', true, '''{}''::jsonb'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-13] [A-13.2..A-13.14] [A-F20] preferences have their columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'user_preferences'::name, 'user_id'::name, '[A-13.1] [A-F16] there is one row a person'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.user_preferences'::regclass AND contype = 'f' $$,
    $$ VALUES ('user_preferences_user_id_fkey', 'c') $$,
    '[A-13.2] which goes with the person'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.user_preferences') $$,
    $$
    VALUES
        ('user_preferences_cultural_context_idx btree (cultural_context, user_id) WHERE (cultural_context IS NOT NULL)'),
        ('user_preferences_interests_idx gin (interests)'),
        ('UNIQUE user_preferences_pkey btree (user_id)')
    $$,
    '[A-13.15..A-13.18] [A-29] [A-F1] [A-F33] preferences have the indexes they need, each once'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT lives_ok(
    $$ INSERT INTO astroloh.user_preferences (user_id) VALUES (kernel.user_uuid()) $$, '[A-13] who says nothing has the defaults'
);
SELECT throws_ok(
    $$ INSERT INTO astroloh.user_preferences (user_id) VALUES (kernel.user_uuid()) $$, '23505', NULL,
    '[A-F16] a second row is refused'
);
SELECT throws_ok(
    $$ INSERT INTO astroloh.user_preferences (user_id) VALUES (current_setting('test.bob')::uuid) $$, '42501', NULL,
    'nobody prefers for somebody else'
);
SELECT lives_ok(format('UPDATE astroloh.user_preferences SET %s', good.change), 'preferred: ' || good.change)
FROM unnest(ARRAY[
    'interests = ''{"career": 0.8, "love": 0.9, "health": 1}''', 'communication_style = ''mystical''',
    'complexity_level = ''advanced''', 'preferred_time_slots = ''[{"start": "09:00", "end": "12:00"}]''',
    'preferred_time_slots = ''[{"start": "22:00:00", "end": "06:30"}]''', 'timezone = ''Europe/Moscow''', 'timezone = ''UTC''',
    'timezone = ''America/Argentina/Buenos_Aires''', 'cultural_context = ''vedic''', 'language_preference = ''en-GB''',
    'content_length_preference = ''long''', 'detail_level = ''brief'''
]) AS good (change);
SELECT throws_matching(
    format('UPDATE astroloh.user_preferences SET %s', wrong.change), wrong.error, wrong.numbers || ' not preferred: ' || left(wrong.change, 70)
)
FROM (
    VALUES
        ('interests = ''[]''', 'interests_check', '[A-13.3]'), ('interests = ''{"love": 1.1}''', 'interests_check', '[A-13.3] [A-F19]'),
        ('interests = ''{"love": -0.1}''', 'interests_check', '[A-13.3]'), ('interests = ''{"love": "much"}''', 'interests_check', '[A-13.3]'),
        ('interests = ''{"My boss": 1}''', 'interests_check', '[A-13.3]'), ('interests = NULL', 'null value', '[A-F20]'),
        ('communication_style = ''rude''', 'communication_style_check', '[A-13.4] [A-F13]'),
        ('complexity_level = ''none''', 'complexity_level_check', '[A-13.5] [A-F13]'),
        ('preferred_time_slots = ''{}''', 'time_slots_check', '[A-13.6]'),
        ('preferred_time_slots = ''[{"start": "09:00"}]''', 'time_slots_check', '[A-13.6]'),
        ('preferred_time_slots = ''[{"start": "24:00", "end": "09:00"}]''', 'time_slots_check', '[A-13.6]'),
        ('preferred_time_slots = ''[{"start": "09:00", "end": "09:00"}]''', 'time_slots_check', '[A-13.6]'),
        ('preferred_time_slots = ''[{"start": "09:00", "end": "10:00", "why": "x"}]''', 'time_slots_check', '[A-13.6]'),
        ('preferred_time_slots = ''["09:00"]''', 'time_slots_check', '[A-13.6]'),
        ('timezone = ''MSK''', 'timezone_check', '[A-13.7]'), ('timezone = ''+03''', 'timezone_check', '[A-13.7]'),
        ('timezone = ''Europe/Atlantis''', 'timezone_check', '[A-13.7]'),
        ('cultural_context = ''martian''', 'cultural_context_check', '[A-13.8] [A-F13]'),
        ('language_preference = ''Russian''', 'language_preference_check', '[A-13.9]'),
        ('content_length_preference = ''huge''', 'content_length_preference_check', '[A-13.10] [A-F13]'),
        ('detail_level = ''all''', 'detail_level_check', '[A-13.11] [A-F13]'),
        ('preferences = ''{}''', 'permission denied', '[A-13.12]'), ('user_id = kernel.user_uuid()', 'permission denied', '[A-13.2]')
) AS wrong (change, error, numbers);

SET LOCAL ROLE astroloh_worker;
SELECT lives_ok(
    $$ UPDATE astroloh.user_preferences SET preferences = '{"cadence": {"morning": 0.7}}' $$, '[A-13.12] a model writes what it learned'
);
SELECT throws_ok(
    $$ UPDATE astroloh.user_preferences SET preferences = '[]' $$, '23514', NULL, '[A-13.12] as an object'
);
SELECT throws_ok(
    $$ UPDATE astroloh.user_preferences SET preferences = jsonb_build_object('a', repeat('x', 17000)) $$, '23514', NULL,
    '[A-13.12] that has an end'
);
SELECT throws_ok($$ UPDATE astroloh.user_preferences SET timezone = 'UTC' $$, '42501', NULL, 'and nothing that a person says');

-- What is asked is answered by the indexes, also for a role that policies bind.
SET LOCAL enable_seqscan = off;
SELECT matches(
    pg_temp.plan_of('SELECT user_id FROM astroloh.user_preferences WHERE interests ? ''love'''),
    'Bitmap Index Scan on user_preferences_interests_idx', '[A-13.16] [A-29] who is interested in something is found by index'
);
SELECT matches(
    pg_temp.plan_of('SELECT user_id FROM astroloh.user_preferences WHERE cultural_context = ''vedic'' ORDER BY user_id'),
    'Index.* Scan using user_preferences_cultural_context_idx', '[A-13.17] [A-27] and so is a school'
);
SET LOCAL ROLE astroloh_analyst;
SELECT hasnt_column('astroloh'::name, 'user_preferences_masked'::name, c.name::name, '[A-08] an analyst does not see ' || c.name)
FROM unnest(ARRAY['interests', 'timezone', 'cultural_context', 'preferences', 'preferred_time_slots']) AS c (name);

RESET ROLE;
UPDATE astroloh.user_preferences SET updated_at = '2020-01-01';
SELECT is((SELECT p.updated_at FROM astroloh.user_preferences AS p), now(), '[A-21] [A-22] updated_at is kept by the database');

SELECT * FROM finish();
ROLLBACK;
