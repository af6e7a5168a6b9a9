-- Dialogs: how they begin, go on and end.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.user_sessions') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('platform', 'astroloh.platform', true, NULL),
        ('session_id', 'text', true, NULL),
        ('current_state', 'text', true, '''initial''::text'),
        ('context_data', 'jsonb', true, '''{}''::jsonb'),
        ('is_active', 'boolean', true, 'true'),
        ('expires_at', 'timestamp with time zone', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('last_activity', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-09] [A-11] [A-11.1..A-11.9] [A-F15] a dialog has its columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'user_sessions'::name, ARRAY['user_id', 'id']::name[], '[A-11.1] keyed by person and id'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.user_sessions'::regclass AND contype = 'f' $$,
    $$ VALUES ('user_sessions_user_id_fkey', 'c') $$,
    '[A-11.2] a dialog goes with the person'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.user_sessions') $$,
    $$
    VALUES
        ('user_sessions_active_user_idx btree (user_id, is_active, expires_at)'),
        ('user_sessions_expires_at_idx btree (expires_at)'),
        ('UNIQUE user_sessions_pkey btree (user_id, id)'),
        ('UNIQUE user_sessions_session_id_key btree (session_id)')
    $$,
    '[A-11.3] [A-11.10..A-11.14] [A-27] [A-28] [A-F2] [A-F4] [A-F5] dialogs have the indexes they need and no other'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
RESET ROLE;
UPDATE astroloh.users SET last_accessed = now() - interval '9 days';
SET LOCAL ROLE astroloh_app;
SELECT throws_ok($$ SELECT astroloh.open_session('telegram', 's') $$, 'KR001', NULL, 'nobody opens no dialog');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT set_config('test.talk', astroloh.open_session('telegram', 'talk')::text, true);
SELECT results_eq(
    $$ SELECT current_state, context_data, is_active, expires_at - now() FROM astroloh.user_sessions $$,
    $$ VALUES ('initial', '{}'::jsonb, true, interval '30 minutes') $$,
    '[A-11.4] [A-11.6] a dialog begins in its first state, for half an hour'
);
SELECT is((SELECT u.last_accessed FROM astroloh.users AS u), now(), '[A-F9] and is a visit');
SELECT is(
    (SELECT count(*) FROM astroloh.security_logs WHERE event_type = 'login' AND session_id = current_setting('test.talk')::uuid),
    1::bigint, '[A-07] [A-F21] and an event, which names it by our own id'
);
SELECT is(
    astroloh.open_session('telegram', 'talk', '1 hour')::text, current_setting('test.talk'), 'the same id goes on with it'
);
SELECT is((SELECT expires_at - now() FROM astroloh.user_sessions), interval '1 hour', 'for as long as was asked');
SELECT throws_ok(
    format('SELECT astroloh.open_session(''telegram'', ''x'', %L)', wrong.lifetime), 'ZD005', NULL,
    '[A-F32] no dialog goes on for ' || coalesce(wrong.lifetime, 'NULL')
)
FROM unnest(ARRAY['0', '-1 hour', '8 days', NULL]) AS wrong (lifetime);
SELECT throws_ok(
    $$ SELECT astroloh.open_session('telegram', repeat('x', 256)) $$, '23514', NULL, '[A-11.3] an id has at most 255 characters'
);

-- The context.
SELECT lives_ok(
    format('UPDATE astroloh.user_sessions SET context_data = %L', good.context), '[A-11.5] [A-F15] a context: ' || good.context
)
FROM unnest(ARRAY[
    '{}', '{"intent": "daily", "turn": 3}', '{"intent": null, "awaiting": "birth_date", "topic": "love", "period": "week"}'
]) AS good (context);
SELECT throws_matching(
    format('UPDATE astroloh.user_sessions SET context_data = %L', wrong.context), 'context_data_check',
    '[A-11.5] [A-F15] no context: ' || left(wrong.context, 60)
)
FROM unnest(ARRAY[
    'null', '[]', '"x"', '7', '{"name": "Ann"}', '{"intent": "I was born in May"}', '{"turn": "3"}', '{"turn": 1.5}',
    '{"turn": -1}', '{"intent": 5}', '{"intent": {"a": 1}}', format('{"intent": "%s"}', repeat('a', 51))
]) AS wrong (context);
SELECT throws_ok(
    $$ UPDATE astroloh.user_sessions SET current_state = 'Wait!' $$, '23514', NULL, '[A-11.4] a state is a word'
);
SELECT throws_ok(
    $$ UPDATE astroloh.user_sessions SET expires_at = created_at $$, '23514', NULL, '[A-F32] a dialog ends after it began'
);
SELECT throws_ok(
    $$ UPDATE astroloh.user_sessions SET last_activity = created_at - interval '1 second' $$, '23514', NULL,
    '[A-F32] and nothing happened before'
);
SELECT throws_ok(
    $$ UPDATE astroloh.user_sessions SET is_active = false, expires_at = now() + interval '25 hours' $$, '23514', NULL,
    '[A-23] what was ended is kept for a day at most'
);
SELECT throws_ok($$ UPDATE astroloh.user_sessions SET session_id = 'x' $$, '42501', NULL, 'an id is not changed');
SELECT throws_ok($$ DELETE FROM astroloh.user_sessions $$, '42501', NULL, 'nor a dialog deleted');

SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.user_sessions $$, 'nobody sees the dialogs of others');
SELECT throws_ok(
    $$ SELECT astroloh.open_session('telegram', 'talk') $$, 'ZD004', NULL, '[A-11.3] nor goes on with them'
);
SET LOCAL ROLE astroloh_worker;
SELECT throws_ok($$ SELECT session_id FROM astroloh.user_sessions $$, '42501', NULL, '[A-F21] a job can go on with none');
SET LOCAL ROLE astroloh_analyst;
SELECT hasnt_column('astroloh'::name, 'user_sessions_masked'::name, 'session_id'::name, '[A-F21] nor can an analyst');

-- The end: one expired, one was ended a day ago, one goes on, one is a held person's.
RESET ROLE;
INSERT INTO astroloh.user_sessions (user_id, platform, session_id, created_at, last_activity, expires_at, is_active)
VALUES
    (current_setting('test.ann')::uuid, 'telegram', 'expired', now() - '3 h'::interval, now() - '2 h'::interval, now() - '1 h'::interval, true),
    (current_setting('test.ann')::uuid, 'telegram', 'ended', now() - '30 h'::interval, now() - '25 h'::interval, now() - '1 h'::interval, false),
    (current_setting('test.ann')::uuid, 'telegram', 'just ended', now() - '3 h'::interval, now() - '2 h'::interval, now() + '1 h'::interval, false),
    (current_setting('test.bob')::uuid, 'telegram', 'held', now() - '3 h'::interval, now() - '2 h'::interval, now() - '1 h'::interval, true);
SELECT kernel.place_hold('case', p_app => 'astroloh', p_subject => current_setting('test.bob'));
SET LOCAL ROLE strongroom_runner;
SELECT is(astroloh.cleanup_expired_sessions(), 2, '[A-23] what expired, or was ended a day ago, is deleted and counted');
SELECT is(astroloh.cleanup_expired_sessions(), 0, '[A-23] once');
SELECT is(astroloh.tend_sessions(), 0::bigint, '[A-24] the job finds nothing more');
RESET ROLE;
SELECT set_eq(
    $$ SELECT session_id FROM astroloh.user_sessions $$, ARRAY['talk', 'just ended', 'held'],
    '[A-23] what goes on, was just ended, or is on hold stays'
);
SELECT results_eq(
    $$ SELECT description, success, user_id FROM astroloh.security_logs WHERE event_type = 'session_cleanup' $$,
    $$ VALUES ('2 dialogs that were over were deleted', true, NULL::uuid) $$,
    '[A-23] [A-F14] the security log says how many'
);
SELECT results_eq(
    $$ SELECT d.relation_name, d.row_count, d.policy_name FROM kernel.destruction_record AS d $$,
    $$ VALUES ('astroloh.user_sessions', 2::bigint, 'dialog_sessions') $$,
    '[X-5] and so does the record of destruction'
);
SELECT results_eq(
    $$ SELECT j.function_name, j.schedule FROM kernel.job AS j WHERE j.name = 'astroloh_sessions' $$,
    $$ VALUES ('astroloh.tend_sessions()', interval '10 minutes') $$,
    '[A-24] a job does it every ten minutes'
);

SELECT * FROM finish();
ROLLBACK;
