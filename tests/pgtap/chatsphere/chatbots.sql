-- Bots: whose they are, how many there may be, and what goes with them.
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
    WHERE a.attrelid = 'chatsphere.chatbots'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('name', 'text', true, NULL),
        ('description', 'text', false, NULL),
        ('language', 'text', true, '''en''::text'),
        ('model_config', 'jsonb', true, '''{}''::jsonb'),
        ('is_active', 'boolean', true, 'true'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-13.1..C-13.9] [C-F14] chatbots has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.chatbots'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('chatbots_user_id_fkey', 'chatsphere.users', 'c', 'user_id')
    $$,
    '[C-13.2] [C-F15] what chatbots refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'chatbots'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX chatbots_id_key ON chatsphere.chatbots USING btree (id)'),
        ('CREATE INDEX chatbots_name_idx ON chatsphere.chatbots USING gin (name extensions.gin_trgm_ops)'),
        ('CREATE UNIQUE INDEX chatbots_pkey ON chatsphere.chatbots USING btree (user_id, id)'),
        ('CREATE UNIQUE INDEX chatbots_user_id_name_key ON chatsphere.chatbots USING btree '
            '(user_id, name)')
    $$,
    '[C-13.10..C-13.12] [C-F13] [C-30] [C-27] [C-F25] chatbots has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok('SELECT chatsphere.create_chatbot(''x'')', 'KR001', NULL, 'nobody in particular makes no bot');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
SELECT results_eq(
    'SELECT name, description, language, model_config, is_active FROM chatsphere.chatbots',
    $$ VALUES ('Helper', NULL, 'en', '{}'::jsonb, true) $$, '[C-13.5] [C-13.6] [C-13.7] a bot begins with defaults'
);
SELECT throws_matching(
    $$ SELECT chatsphere.create_chatbot('Helper') $$, 'chatbots_user_id_name_key',
    '[C-13.10] [C-30] a name is used once in an account'
);
SELECT throws_matching(
    format('SELECT chatsphere.create_chatbot(%L, %L, %L, %L)', wrong.name, wrong.about, wrong.language, wrong.config),
    wrong.rule, '[C-F17] no bot: ' || wrong.rule || ' ' || wrong.what
)
FROM (
    VALUES
        ('', NULL, 'en', '{}', 'chatbots_name_length_check', 'nameless'),
        (repeat('x', 201), NULL, 'en', '{}', 'chatbots_name_length_check', 'long name'),
        ('x', '', 'en', '{}', 'chatbots_description_length_check', 'about nothing'),
        ('x', NULL, 'english', '{}', 'chatbots_language_check', 'of a language by name'),
        ('x', NULL, 'en', '[]', 'chatbots_model_config_check', 'set by a list'),
        ('x', NULL, 'en', format('{"a": "%s"}', repeat('x', 20000)), 'chatbots_model_config_check', 'of many settings')
) AS wrong (name, about, language, config, rule, what);
SELECT throws_ok(
    $$ INSERT INTO chatsphere.chatbots (user_id, name) VALUES (kernel.user_uuid(), 'x') $$, '42501', NULL,
    '[C-F18] and none past the function that counts them'
);
SELECT lives_ok(
    $$ UPDATE chatsphere.chatbots SET description = 'Helps.', model_config = '{"temperature": 0.2}', is_active = false $$,
    '[C-40] the owner changes a bot'
);
SELECT throws_ok(
    format('UPDATE chatsphere.chatbots SET user_id = %L', current_setting('test.bob')), '42501', NULL,
    '[C-F11] but doesn''t give it away'
);
SELECT lives_ok('SELECT chatsphere.create_chatbot(''two'')', 'a free account has several bots');
SELECT lives_ok('SELECT chatsphere.create_chatbot(''three'')', 'up to three');
SELECT throws_ok('SELECT chatsphere.create_chatbot(''four'')', 'SP008', NULL, '[C-F18] and no more');

SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.chatbots', '[C-28] [C-F10] nobody sees the bots of others');
SELECT lives_ok('SELECT chatsphere.create_chatbot(''Helper'')', '[C-13.10] and may use the same name');
SELECT is_empty(
    $$ UPDATE chatsphere.chatbots SET name = 'mine' WHERE id = current_setting('test.bot')::uuid RETURNING id $$,
    '[C-28] nobody changes them'
);
SELECT is_empty(
    $$ DELETE FROM chatsphere.chatbots WHERE id = current_setting('test.bot')::uuid RETURNING id $$, 'or deletes them'
);
SELECT throws_ok(
    $$ SELECT chatsphere.add_source(current_setting('test.bot')::uuid, 'text', 'x') $$, 'SP009', NULL,
    '[C-F10] or teaches them'
);
SELECT set_config('kernel.user_id', '', true);
SELECT is_empty('SELECT FROM chatsphere.chatbots', '[C-F9] nobody sees none');

RESET ROLE;
UPDATE chatsphere.chatbots SET updated_at = '2020-01-01', name = 'Helper 2' WHERE id = current_setting('test.bot')::uuid;
SELECT is(
    (SELECT updated_at FROM chatsphere.chatbots WHERE id = current_setting('test.bot')::uuid), now(),
    '[C-F21] [C-13.9] updated_at is kept'
);
SELECT isnt_empty(
    $$ SELECT FROM kernel.audit_entries WHERE app = 'chatsphere' AND relation = 'chatbots' $$,
    '[C-41] changes of bots are in the audit log'
);
SELECT results_eq(
    $$ SELECT c.relname::text COLLATE "default" FROM pg_class AS c
    WHERE c.relnamespace = 'chatsphere'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity) $$,
    'SELECT NULL::text WHERE false', '[C-F10] [C-40] [X-7] every table and partition is closed, for its owner, too'
);
SELECT results_eq(
    $$ SELECT DISTINCT p.polroles::regrole[]::text COLLATE "default" FROM pg_policy AS p
    JOIN pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace = 'chatsphere'::regnamespace AND p.polroles = '{0}' $$,
    'SELECT NULL::text WHERE false', '[C-F9] and no policy is for everybody'
);

SELECT * FROM finish();
ROLLBACK;
