-- Conversations: what a visitor's token opens, and how they end.
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
    WHERE a.attrelid = 'chatsphere.chat_sessions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('user_identifier', 'text', true, NULL),
        ('metadata', 'jsonb', true, '''{}''::jsonb'),
        ('started_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('ended_at', 'timestamp with time zone', false, NULL),
        ('token_hash', 'bytea', false, NULL),
        ('last_active_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-15.1] [C-15.3..C-15.6] [C-F14] [C-F26] chat_sessions has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.chat_sessions'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('chat_sessions_chatbot_id_fkey', 'chatsphere.chatbots', 'c', 'user_id, chatbot_id')
    $$,
    '[C-15.2] [C-F15] what chat_sessions refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'chat_sessions'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX chat_sessions_ended_at_idx ON chatsphere.chat_sessions USING btree '
            '(ended_at) WHERE (ended_at IS NOT NULL)'),
        ('CREATE INDEX chat_sessions_idle_idx ON chatsphere.chat_sessions USING btree '
            '(last_active_at) WHERE (ended_at IS NULL)'),
        ('CREATE UNIQUE INDEX chat_sessions_open_key ON chatsphere.chat_sessions USING btree '
            '(chatbot_id, user_identifier) WHERE (ended_at IS NULL)'),
        ('CREATE UNIQUE INDEX chat_sessions_pkey ON chatsphere.chat_sessions USING btree '
            '(user_id, chatbot_id, id)'),
        ('CREATE INDEX chat_sessions_started_at_idx ON chatsphere.chat_sessions USING btree '
            '(user_id, chatbot_id, started_at, id)'),
        ('CREATE UNIQUE INDEX chat_sessions_token_hash_key ON chatsphere.chat_sessions USING '
            'btree (token_hash) WHERE (token_hash IS NOT NULL)'),
        ('CREATE UNIQUE INDEX chat_sessions_user_identifier_started_at_key ON '
            'chatsphere.chat_sessions USING btree (chatbot_id, user_identifier, started_at)')
    $$,
    '[C-15.7] [C-15.8] [C-30] [C-F13] [C-F16] chat_sessions has the indexes it needs and no other'
);
CREATE FUNCTION pg_temp.calls() RETURNS SETOF text LANGUAGE sql AS $$
SELECT format('SELECT chatsphere.%s', call)
FROM unnest(ARRAY[
    'say(current_setting(''test.token4''), ''hello'')', 'read_session(current_setting(''test.token4''))',
    'search_session_chunks(current_setting(''test.token4''), ''hello'')', 'end_session(current_setting(''test.token4''))'
]) AS call
$$;
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
SELECT set_config('kernel.user_id', '', true);
SELECT set_config('test.session', o.session_id::text, true), set_config('test.token', o.session_token, true)
FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('a', 64), '{"page": "/"}') AS o;
SELECT matches(
    current_setting('test.token'), '^vt_[A-Za-z0-9_-]{43}$', '[C-15] a visitor without an account gets a token'
);
SELECT results_eq(
    $$ SELECT o.session_id::text COLLATE "default", o.is_new
    FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('a', 64)) AS o
    WHERE set_config('test.token2', o.session_token, true) IS NOT NULL $$,
    $$ SELECT current_setting('test.session'), false $$,
    '[C-F16] who comes back goes on with the open conversation'
);
SELECT throws_ok(
    'SELECT chatsphere.say(current_setting(''test.token''), ''hello'')', 'SP013', NULL,
    'the token before opens nothing any more'
);
SELECT lives_ok('SELECT chatsphere.say(current_setting(''test.token2''), ''hello'')', 'the newer one does');
SELECT throws_ok(
    format('SELECT chatsphere.say(%L, ''hello'')', wrong.token), 'SP013', NULL, 'no token: ' || wrong.what
)
FROM (
    VALUES
        ('', 'nothing'), (NULL, 'NULL'), (current_setting('test.token2') || ' ', 'a space more'),
        (current_setting('test.session'), 'the key of the conversation')
) AS wrong (token, what);
SELECT throws_matching(
    format('SELECT chatsphere.open_session(%L, %L)', current_setting('test.bot'), wrong.visitor),
    'chat_sessions_user_identifier_check', '[C-F26] a visitor is told by a digest, not by ' || wrong.what
)
FROM (
    VALUES ('ann@example.org', 'an address'), ('127.0.0.1', 'a place'), (repeat('A', 64), 'capitals'), ('', 'nothing')
) AS wrong (visitor, what);
SELECT throws_matching(
    $$ SELECT chatsphere.open_session(current_setting('test.bot')::uuid, repeat('b', 64), '[]') $$,
    'chat_sessions_metadata_check', '[C-15.4] what is said of a visit is an object'
);
SELECT throws_ok(
    $$ SELECT chatsphere.open_session(gen_random_uuid(), repeat('a', 64)) $$, 'SP009', NULL, 'with a bot that is there'
);
SELECT is_empty('SELECT id FROM chatsphere.chat_sessions', '[C-F9] a visitor reads no table');
SELECT throws_ok('SELECT token_hash FROM chatsphere.chat_sessions', '42501', NULL, 'and nobody a token''s hash');
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT id FROM chatsphere.chat_sessions', '[C-F10] nobody sees visitors of the bots of others');
SELECT is(
    chatsphere.forget_visitor(current_setting('test.bot')::uuid, repeat('a', 64)), 0::bigint, 'or forgets them'
);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    'SELECT user_identifier, ended_at FROM chatsphere.chat_sessions',
    $$ SELECT repeat('a', 64), NULL::timestamptz $$, '[C-31] the owner sees them'
);
SELECT lives_ok('SELECT chatsphere.end_session(current_setting(''test.token2''))', '[C-15.6] a conversation ends');
SELECT throws_ok(
    'SELECT chatsphere.end_session(current_setting(''test.token2''))', 'SP013', NULL, 'and its token with it'
);
RESET ROLE;
UPDATE chatsphere.chat_sessions
SET started_at = now() - interval '1 day', last_active_at = now() - interval '1 day', ended_at = now();
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.token3', o.session_token, true), set_config('test.is_new', o.is_new::text, true)
FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('a', 64)) AS o;
SELECT ok(current_setting('test.is_new')::boolean, '[C-F16] after it another one begins');
RESET ROLE;
UPDATE chatsphere.chat_sessions
SET started_at = now() - interval '4 hours', last_active_at = now() - interval '3 hours'
WHERE ended_at IS NULL;
SET LOCAL ROLE chatsphere_app;
SELECT lives_ok('SELECT chatsphere.say(current_setting(''test.token3''), ''still here'')', 'who speaks is active');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT is(chatsphere.end_idle_sessions(), 0::bigint, 'and not ended by the job');
RESET ROLE;
UPDATE chatsphere.chat_sessions SET last_active_at = now() - interval '3 hours' WHERE ended_at IS NULL;
SET LOCAL ROLE strongroom_runner;
SELECT is(chatsphere.end_idle_sessions(), 1::bigint, 'which ends those in which nothing was said for two hours');
RESET ROLE;
SELECT results_eq(
    $$ SELECT max(ended_at), count(token_hash) FROM chatsphere.chat_sessions WHERE last_active_at = now() - interval '3 h' $$,
    $$ SELECT now() - interval '3 hours', 0::bigint $$, 'at the moment when something was last said'
);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.token4', o.session_token, true)
FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('d', 64)) AS o;
UPDATE chatsphere.chatbots SET is_active = false;
SELECT throws_ok(call, 'SP013', NULL, '[C-13.7] who spoke with a bot that is switched off goes on no more: ' || call)
FROM pg_temp.calls() AS call;
RESET ROLE;
UPDATE chatsphere.chatbots SET is_active = true;
UPDATE chatsphere.users SET is_active = false WHERE id = current_setting('test.ann')::uuid;
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(call, 'SP013', NULL, '[C-10.9] nor with one of an account that is closed: ' || call)
FROM pg_temp.calls() AS call;
SELECT throws_ok(
    $$ SELECT chatsphere.open_session(current_setting('test.bot')::uuid, repeat('c', 64)) $$, 'SP009', NULL,
    '[C-10.9] nobody begins to'
);
RESET ROLE;
UPDATE chatsphere.users SET is_active = true;
SET LOCAL ROLE chatsphere_app;
SELECT lives_ok('SELECT chatsphere.say(current_setting(''test.token4''), ''hello'')', 'what is on again goes on');
UPDATE chatsphere.chatbots SET is_active = false;
SELECT throws_ok(
    $$ SELECT chatsphere.open_session(current_setting('test.bot')::uuid, repeat('c', 64)) $$, 'SP009', NULL,
    '[C-13.7] nobody talks to a bot that is not active'
);
SELECT is(
    chatsphere.forget_visitor(current_setting('test.bot')::uuid, repeat('a', 64)), 2::bigint,
    '[C-F26] the owner forgets a visitor'
);
RESET ROLE;
SELECT is((SELECT count(*) FROM chatsphere.chat_messages), 1::bigint, 'with all that was said');
SELECT results_eq(
    $$ SELECT action, keep_for, keep_nulls FROM kernel.retention_policy WHERE name = 'chatsphere_sessions' $$,
    $$ VALUES ('delete', interval '14 months', true) $$, '[X-5] [C-F26] conversations are kept as long as their messages'
);

SELECT * FROM finish();
ROLLBACK;
