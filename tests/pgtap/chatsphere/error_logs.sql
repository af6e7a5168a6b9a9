-- What went wrong in bots, cleaned.
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
    WHERE a.attrelid = 'chatsphere.error_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', false, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('error_type', 'text', true, NULL),
        ('error_message', 'text', true, NULL),
        ('stack_trace', 'text', false, NULL),
        ('metadata', 'jsonb', true, '''{}''::jsonb'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-19.1] [C-19.3..C-19.7] error_logs has its columns, required where they should be'
);
SELECT results_eq(
    $$
    SELECT
        k.conname::text COLLATE "default", k.confrelid::regclass::text COLLATE "default",
        k.confdeltype::text COLLATE "default", (
            SELECT string_agg(a.attname, ', 'ORDER BY c.place) COLLATE "default"
            FROM unnest(k.conkey) WITH ORDINALITY AS c (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
        )
    FROM pg_constraint AS k
    WHERE k.conrelid = 'chatsphere.error_logs'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('error_logs_chatbot_id_fkey', 'chatsphere.chatbots', 'n', 'user_id, chatbot_id')
    $$,
    '[C-19.2] [C-F15] what error_logs refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'error_logs'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX error_logs_chatbot_id_created_at_idx ON ONLY chatsphere.error_logs '
            'USING btree (user_id, chatbot_id, created_at, id)'),
        ('CREATE INDEX error_logs_created_at_idx ON ONLY chatsphere.error_logs USING btree '
            '(created_at, user_id, id)'),
        ('CREATE UNIQUE INDEX error_logs_pkey ON ONLY chatsphere.error_logs USING btree '
            '(user_id, created_at, id)')
    $$,
    '[C-19.8] [C-F30] error_logs has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
RESET ROLE;
SELECT results_eq(
    $$ SELECT every, keep FROM kernel.partition_policy WHERE parent = 'chatsphere.error_logs'::regclass $$,
    $$ VALUES (interval '1 month', interval '3 months') $$, '[C-F20] [C-F26] [X-5] months, for three months'
);
SELECT is(chatsphere.clean_text(dirty.text), dirty.clean, '[C-F26] cleaned: ' || dirty.clean)
FROM (
    VALUES
        ('mail to Ann.Smith+x@example.co.uk failed', 'mail to [removed] failed'),
        ('key sk_0123456789ab_abcdefghijklmnop refused', 'key [removed] refused'),
        ('GET https://user:pass@db.example/x', 'GET https://[removed]db.example/x'),
        ('password=hunter2 in config', 'password=[removed] in config'),
        ('"api_key": "abc", "n": 1', '"api_key": "[removed]", "n": 1'),
        ('Authorization: Bearer abc.def', 'Authorization: [removed]'),
        ('call +49 30 1234 5678 now', 'call [removed] now'),
        ('line 120 of file.py, 3 of 10', 'line 120 of file.py, 3 of 10'),
        ('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', '[removed]')
) AS dirty (text, clean);
SELECT is(chatsphere.clean_text(NULL), NULL, 'nothing stays nothing');
SELECT is(
    chatsphere.clean_object(
        '{"cookie": "x", "deep": [{"password": 1, "to": "a@b.org"}, 2, null, true], "n": {"token_count": 3}}'
    ),
    '{"cookie": "[removed]", "deep": [{"password": "[removed]", "to": "[removed]"}, 2, null, true],
      "n": {"token_count": "[removed]"}}'::jsonb,
    '[C-F26] objects are cleaned at any depth'
);
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(
    $$ SELECT chatsphere.log_error(kernel.user_uuid(), current_setting('test.bot')::uuid, 'X', 'x') $$, '42501', NULL,
    'an owner writes no errors'
);
SET LOCAL ROLE chatsphere_worker;
SELECT lives_ok(
    $$ SELECT chatsphere.log_error(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, 'HttpError', repeat('x', 3000),
        'mail to a@b.org ' || repeat('y', 30000), '{"to": "a@b.org"}'
    ) $$,
    '[C-19] a job notes an error'
);
SELECT results_eq(
    'SELECT error_type, length(error_message), left(stack_trace, 17), length(stack_trace), metadata FROM chatsphere.error_logs',
    $$ VALUES ('HttpError', 2000, 'mail to [removed]', 20000, '{"to": "[removed]"}'::jsonb) $$,
    '[C-F26] cut to length, and cleaned'
);
SELECT throws_ok(
    $$ INSERT INTO chatsphere.error_logs (user_id, error_type, error_message) VALUES (gen_random_uuid(), 'X', 'x') $$,
    '42501', NULL, 'past the function nothing is written'
);
SELECT throws_matching(
    $$ SELECT chatsphere.log_error(current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, 'a b', 'x') $$,
    'error_logs_error_type_check', '[C-F17] the kind of an error is a name'
);
SELECT throws_matching(
    $$ SELECT chatsphere.log_error(current_setting('test.bob')::uuid, current_setting('test.bot')::uuid, 'X', 'x') $$,
    'error_logs_chatbot_id_fkey', '[C-F14] and a bot is its account''s'
);
SET LOCAL ROLE chatsphere_app;
SELECT is((SELECT count(*) FROM chatsphere.error_logs), 1::bigint, '[C-31] the owner reads it');
SELECT lives_ok('DELETE FROM chatsphere.chatbots', 'a bot goes');
SELECT results_eq(
    'SELECT chatbot_id FROM chatsphere.error_logs', 'VALUES (NULL::uuid)', '[C-F15] what went wrong in it stays'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.error_logs', '[C-F10] and nobody else reads it');

SELECT * FROM finish();
ROLLBACK;
