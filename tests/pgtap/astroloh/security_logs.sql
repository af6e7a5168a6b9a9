-- The security log: its vocabulary, and that it only grows.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.security_logs') $$,
    $$
    VALUES
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('event_type', 'text', true, NULL),
        ('user_id', 'uuid', false, NULL),
        ('session_id', 'uuid', false, NULL),
        ('description', 'text', true, NULL),
        ('ip_hash', 'astroloh.keyed_hash', false, NULL),
        ('user_agent_hash', 'astroloh.keyed_hash', false, NULL),
        ('success', 'boolean', true, NULL),
        ('error_message', 'text', false, NULL),
        ('occurred_at', 'timestamp with time zone', true, 'clock_timestamp()')
    $$,
    '[A-19] [A-19.1] [A-19.4..A-19.10] [A-F21] [A-F25] the security log has its columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'security_logs'::name, ARRAY['occurred_at', 'id']::name[], '[A-19.1] keyed by time and id'
);
SELECT results_eq(
    $$
    SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.security_logs'::regclass AND contype = 'f' AND conparentid = 0 ORDER BY conname
    $$,
    $$ VALUES ('security_logs_event_type_fkey', 'r'), ('security_logs_user_id_fkey', 'n') $$,
    '[A-19.3] an event stays without the person [A-19.2] and has its word in the vocabulary'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.security_logs') $$,
    $$
    VALUES
        ('security_logs_event_type_idx btree (event_type, occurred_at)'),
        ('security_logs_failure_idx btree (occurred_at) WHERE (NOT success)'),
        ('UNIQUE security_logs_pkey btree (occurred_at, id)'),
        ('security_logs_user_id_idx btree (user_id, occurred_at, event_type)')
    $$,
    '[A-19.11..A-19.15] [A-28] [A-F4] [A-F5] it has the indexes it needs and no other'
);
SELECT results_eq(
    $$ SELECT p.key_kind, p.every, p.keep FROM kernel.partition_policy AS p WHERE p.parent = 'astroloh.security_logs'::regclass $$,
    $$ VALUES ('time', interval '1 month', interval '3 years') $$,
    '[A-06] [A-32] it is cut by months, which go after three years'
);
SELECT cmp_ok(
    (SELECT count(*) FROM pg_inherits AS i WHERE i.inhparent = 'astroloh.security_logs'::regclass), '>=', 13::bigint,
    '[A-32] there are partitions for a year ahead'
);
SELECT set_eq(
    $$ SELECT t.event_type FROM astroloh.security_event_types AS t $$,
    ARRAY[
        'login', 'logout', 'data_access', 'encryption', 'decryption', 'deletion', 'identity_change', 'consent',
        'suspicion', 'session_cleanup', 'data_retention'
    ],
    '[A-19.2] [A-F14] the vocabulary holds what programs and functions write'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT lives_ok(
    $$
    SELECT astroloh.log_security_event(
        'data_access', 'shown in the app', true, NULL, decode(repeat('ab', 34), 'hex'), decode(repeat('cd', 34), 'hex')
    )
    $$,
    '[A-51] a program writes down that data was read'
);
SELECT throws_ok(
    format('SELECT astroloh.log_security_event(%L, ''x'')', wrong.word), 'ZD003', NULL,
    '[A-F14] a program does not report ' || coalesce(wrong.word, 'nothing')
)
FROM unnest(ARRAY['deletion', 'session_cleanup', 'tea', NULL]) AS wrong (word);
SELECT throws_matching(
    $$ SELECT astroloh.log_security_event('login', 'x', true, NULL, decode(repeat('ab', 32), 'hex')) $$,
    'keyed_hash_check', '[A-19.6] [A-50] [A-F22] a hash without a key is refused by its length'
);
SELECT throws_matching(
    $$ SELECT astroloh.log_security_event('login', 'x', true, NULL, NULL, '\x00') $$,
    'keyed_hash_check', '[A-19.7] [A-50] [A-F22] that of a client, too'
);
SELECT throws_ok($$ SELECT astroloh.log_security_event('login', '') $$, '23514', NULL, 'an event says what happened');
SELECT throws_ok($$ SELECT astroloh.log_security_event('login', 'x', NULL) $$, '23502', NULL, '[A-19.8] and whether it was done');
SELECT throws_ok(
    $$ SELECT astroloh.log_security_event('login', 'x', true, NULL, NULL, NULL, 'timeout') $$, '23514', NULL,
    '[A-19.9] what was done has no error'
);
SELECT results_eq(
    $$ SELECT event_type, description, success FROM astroloh.security_logs ORDER BY occurred_at $$,
    $$ VALUES ('identity_change', 'a platform was linked', true), ('data_access', 'shown in the app', true) $$,
    '[A-07] one sees what touched one''s own data, and nothing else'
);
SELECT throws_ok($$ SELECT ip_hash FROM astroloh.security_logs $$, '42501', NULL, 'without hashes');
SELECT throws_ok(
    $$ INSERT INTO astroloh.security_logs (event_type, description, success) VALUES ('login', 'x', true) $$,
    '42501', NULL, '[A-F7] nobody writes past the functions'
);
SELECT throws_ok($$ UPDATE astroloh.security_logs SET description = 'x' $$, '42501', NULL, '[A-F7] nobody rewrites');
SELECT throws_ok($$ DELETE FROM astroloh.security_logs $$, '42501', NULL, '[A-F7] nobody deletes');
SET LOCAL ROLE astroloh_definer;
SELECT throws_ok(
    $$
    INSERT INTO astroloh.security_logs (event_type, description, success, occurred_at)
    VALUES ('login', 'x', true, '2020-01-01')
    $$,
    '42501', NULL, '[A-F7] not even the functions choose the time'
);

RESET ROLE;
SELECT throws_ok(
    format('UPDATE astroloh.security_logs SET %s', wrong.change), 'ZD002', NULL,
    '[A-F7] nor does an administrator change an event: ' || wrong.change
)
FROM unnest(ARRAY[
    'description = ''x''', 'success = false, user_id = NULL', 'user_id = current_setting(''test.bob'')::uuid',
    'ip_hash = decode(repeat(''ee'', 34), ''hex'')', 'session_id = gen_random_uuid()'
]) AS wrong (change);
SELECT throws_ok($$ DELETE FROM astroloh.security_logs $$, 'ZD002', NULL, '[A-F7] nor delete one');
SELECT throws_ok($$ TRUNCATE astroloh.security_logs $$, NULL, NULL, '[A-F7] nor all of them');
SELECT lives_ok(
    $$
    UPDATE astroloh.security_logs SET user_id = NULL, ip_hash = NULL, user_agent_hash = NULL
    WHERE user_id = current_setting('test.ann')::uuid AND event_type = 'data_access'
    $$,
    '[X-3] but whom it was about can be forgotten'
);
SELECT lives_ok(
    $$ DELETE FROM astroloh.users WHERE id = current_setting('test.ann')::uuid $$,
    '[A-19.3] [A-51] a person goes, and their events stay without them'
);
SELECT results_eq(
    $$
    SELECT event_type, description, user_id IS NULL FROM astroloh.security_logs
    WHERE user_id IS DISTINCT FROM current_setting('test.bob')::uuid ORDER BY occurred_at, id
    $$,
    $$
    VALUES
        ('identity_change', 'a platform was linked', true), ('data_access', 'shown in the app', true),
        ('deletion', 'a person was deleted', true)
    $$,
    '[A-51] [X-3] and that they went is written down, too'
);
SELECT results_eq(
    $$ SELECT e.operation, count(*) FROM kernel.audit_entries AS e WHERE e.relation = 'security_logs' GROUP BY 1 ORDER BY 1 $$,
    $$ VALUES ('INSERT', 4::bigint), ('UPDATE', 2::bigint) $$,
    '[A-07] [A-F7] each event stands under the seals of the audit log'
);

SET LOCAL ROLE astroloh_worker;
SELECT lives_ok(
    $$ SELECT set_config('kernel.user_id', '', true), astroloh.log_security_event('login', 'refused', false, p_error_message => 'unknown') $$,
    '[A-07] what nobody in particular did is written down as well'
);
SELECT is((SELECT count(*) FROM astroloh.security_logs WHERE NOT success), 1::bigint, '[A-19.14] and a job finds it');
SET LOCAL ROLE astroloh_analyst;
SELECT columns_are(
    'astroloh'::name, 'security_logs_masked'::name,
    ARRAY['id', 'event_type', 'user_id', 'session_id', 'success', 'occurred_at']::name[],
    '[A-08] an analyst sees events without words and hashes'
);

SELECT * FROM finish();
ROLLBACK;
