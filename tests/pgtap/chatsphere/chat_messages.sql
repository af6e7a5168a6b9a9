-- What was said, by month.
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
    WHERE a.attrelid = 'chatsphere.chat_messages'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', true, NULL),
        ('session_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('role', 'text', true, NULL),
        ('content', 'text', true, NULL),
        ('tokens_used', 'integer', true, NULL),
        ('metadata', 'jsonb', true, '''{}''::jsonb'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-16.1] [C-16.3..C-16.7] [C-24] [C-F5] [C-F14] chat_messages has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.chat_messages'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('chat_messages_session_id_fkey', 'chatsphere.chat_sessions', 'c', 'user_id, chatbot_id, session_id')
    $$,
    '[C-16.2] [C-F5] [C-F15] what chat_messages refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'chat_messages'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX chat_messages_created_at_idx ON ONLY chatsphere.chat_messages USING '
            'brin (created_at)'),
        ('CREATE UNIQUE INDEX chat_messages_pkey ON ONLY chatsphere.chat_messages USING btree '
            '(user_id, chatbot_id, session_id, created_at, id)')
    $$,
    '[C-16.8] [C-16.9] [C-F5] [C-F13] chat_messages has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
RESET ROLE;
SELECT results_eq(
    $$ SELECT key_kind, every, keep, ahead FROM kernel.partition_policy WHERE parent = 'chatsphere.chat_messages'::regclass $$,
    $$ VALUES ('time', interval '1 month', interval '1 year', 12) $$,
    '[C-24] [C-26] [C-F4] [C-F6] messages lie in one table of months, made a year ahead'
);
SELECT results_eq(
    $$ SELECT count(*) >= 13, bool_and(c.relrowsecurity AND c.relforcerowsecurity), coalesce(bool_or(c.relacl::text ~ 'chatsphere'), false)
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'chatsphere.chat_messages'::regclass $$,
    $$ VALUES (true, true, false) $$, '[C-26] [C-F6] [C-F10] the months are there, and closed'
);
SELECT results_eq(
    $$ SELECT pg_get_expr(c.relpartbound, c.oid) COLLATE "default"
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'chatsphere.chat_messages'::regclass AND c.relname = 'chat_messages_p'
        || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') $$,
    $$ SELECT format(
        'FOR VALUES FROM (%L) TO (%L)', date_trunc('month', now(), 'UTC'),
        (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC'
    ) $$,
    '[C-25] [C-F7] a month is named after itself, and its bounds are instants of UTC'
);
SELECT set_config('kernel.user_id', '', true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.session', o.session_id::text, true), set_config('test.token', o.session_token, true)
FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('a', 64)) AS o;
SELECT results_eq(
    $$ SELECT created_at FROM chatsphere.say(current_setting('test.token'), 'Where is the sea?') $$, 'SELECT now()',
    '[C-16] a visitor says something'
);
SELECT throws_matching(
    format('SELECT chatsphere.say(current_setting(''test.token''), %L, %L)', wrong.content, wrong.metadata),
    wrong.rule, '[C-F17] no message: ' || wrong.rule
)
FROM (
    VALUES
        ('', '{}', 'chat_messages_content_length_check'), ('x', '[]', 'chat_messages_metadata_check'),
        (repeat('x', 100001), '{}', 'chat_messages_content_length_check')
) AS wrong (content, metadata, rule);
SELECT throws_ok(
    $$ SELECT chatsphere.answer(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid, 'x', 1
    ) $$,
    '42501', NULL, 'a visitor does not answer'
);
SET LOCAL ROLE chatsphere_worker;
SELECT lives_ok(
    $$ SELECT chatsphere.answer(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid,
        words.content, words.tokens, words.role
    )
    FROM (VALUES ('You are a helper.', 5, 'system'), ('In the north.', 40, 'assistant')) AS words (content, tokens, role) $$,
    'the bot does'
);
SELECT throws_ok(
    $$ SELECT chatsphere.answer(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid, 'x', 1,
        'user'
    ) $$,
    'SP014', NULL, 'and not in the visitor''s name'
);
SELECT throws_matching(
    $$ SELECT chatsphere.answer(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, gen_random_uuid(), 'x', 1
    ) $$,
    'chat_messages_session_id_fkey', '[C-F14] nothing is said outside of a conversation'
);
SELECT throws_matching(
    $$ SELECT chatsphere.answer(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid, 'x', 1,
        'narrator'
    ) $$,
    'chat_messages_role_check', '[C-F17] or by others'
);
SELECT throws_ok(
    $$ SELECT chatsphere.answer(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid, 'x', NULL
    ) $$,
    '23502', NULL, '[C-16.5] tokens are counted'
);
SELECT throws_ok('SELECT content FROM chatsphere.chat_messages', '42501', NULL, '[C-F26] a job does not read what was said');
SELECT throws_ok(
    $$ SELECT FROM chatsphere.support_conversation(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid
    ) $$,
    'SP015', NULL, '[C-40] support reads nothing that the owner has not allowed'
);
SET LOCAL ROLE chatsphere_app;
SELECT results_eq(
    $$ SELECT role, content FROM chatsphere.read_session(current_setting('test.token')) $$,
    $$ VALUES ('user', 'Where is the sea?'), ('assistant', 'In the north.') $$,
    'the visitor reads the conversation, without instructions to the model'
);
SELECT results_eq(
    $$ SELECT content FROM chatsphere.read_session(current_setting('test.token'), 1) $$, $$ VALUES ('In the north.') $$,
    'or the end of it'
);
SELECT throws_ok('SELECT chatsphere.read_session(current_setting(''test.token''), 0)', 'SP007', NULL, 'not nothing');
SELECT is_empty('SELECT FROM chatsphere.chat_messages', '[C-F9] and no table');
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.chat_messages', '[C-F10] other accounts read nothing');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    'SELECT role, tokens_used FROM chatsphere.chat_messages ORDER BY created_at, id',
    $$ VALUES ('user', 0), ('system', 5), ('assistant', 40) $$, '[C-31] the owner reads a conversation in order'
);
SELECT throws_ok('UPDATE chatsphere.chat_messages SET content = ''x''', '42501', NULL, 'and puts no words into anybody''s mouth');
UPDATE chatsphere.users SET support_access_until = now() + interval '1 hour';
SET LOCAL ROLE chatsphere_worker;
SELECT set_config('kernel.app', 'chatsphere', true);
SELECT throws_ok(
    $$ SELECT FROM chatsphere.support_conversation(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid
    ) $$,
    'KR024', NULL, '[C-41] support says who reads'
);
SELECT set_config('kernel.actor', 'support:7', true);
SELECT is(
    (
        SELECT count(*) FROM chatsphere.support_conversation(
            current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid
        )
    ),
    3::bigint, 'and reads, where the owner allows it'
);
RESET ROLE;
SELECT results_eq(
    $$ SELECT e.actor, e.subject FROM kernel.audit_entries AS e WHERE e.app = 'chatsphere' AND e.operation = 'ACCESS' $$,
    $$ SELECT 'support:7', current_setting('test.ann') $$, '[C-41] which is written down'
);
SELECT throws_ok(
    $$ INSERT INTO chatsphere.chat_messages (user_id, chatbot_id, session_id, role, content, tokens_used, created_at)
    SELECT user_id, chatbot_id, id, 'user', 'x', 0, '2001-01-01' FROM chatsphere.chat_sessions $$,
    '23514', NULL, '[C-F6] what has no month is refused, not lost'
);
SELECT lives_ok(
    $$ INSERT INTO chatsphere.chat_messages (user_id, chatbot_id, session_id, role, content, tokens_used, created_at)
    SELECT user_id, chatbot_id, id, 'user', 'x', 0, now() + interval '11 months' FROM chatsphere.chat_sessions $$,
    '[C-F6] the months to come are there'
);
SELECT lives_ok('DELETE FROM chatsphere.chat_sessions', '[C-F15] a conversation can go');
SELECT is_empty('SELECT FROM chatsphere.chat_messages', '[C-F15] and what was said goes with it');

SELECT * FROM finish();
ROLLBACK;
