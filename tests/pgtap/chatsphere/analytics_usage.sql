-- Whole numbers that are measured of bots.
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
    WHERE a.attrelid = 'chatsphere.analytics_usage'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', false, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('metric_type', 'text', true, NULL),
        ('value', 'bigint', true, NULL),
        ('timestamp', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-17.1] [C-17.3..C-17.5] [C-F20] analytics_usage has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.analytics_usage'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('analytics_usage_chatbot_id_fkey', 'chatsphere.chatbots', 'n', 'user_id, chatbot_id')
    $$,
    '[C-17.2] [C-F15] what analytics_usage refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'analytics_usage'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX analytics_usage_chatbot_id_timestamp_idx ON ONLY '
            'chatsphere.analytics_usage USING btree (user_id, chatbot_id, "timestamp", id)'),
        ('CREATE UNIQUE INDEX analytics_usage_pkey ON ONLY chatsphere.analytics_usage USING '
            'btree (user_id, "timestamp", id)')
    $$,
    '[C-17.6] analytics_usage has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
RESET ROLE;
SELECT results_eq(
    $$ SELECT every, keep FROM kernel.partition_policy WHERE parent = 'chatsphere.analytics_usage'::regclass $$,
    $$ VALUES (interval '1 month', interval '2 years') $$, '[C-F20] [X-5] months, for two years'
);
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(
    $$ INSERT INTO chatsphere.analytics_usage (user_id, chatbot_id, metric_type, value)
    VALUES (kernel.user_uuid(), current_setting('test.bot')::uuid, 'thumbs_up', 1) $$,
    '42501', NULL, 'an owner does not write the own figures'
);
SET LOCAL ROLE chatsphere_worker;
SELECT lives_ok(
    $$ INSERT INTO chatsphere.analytics_usage (user_id, chatbot_id, metric_type, value)
    VALUES (current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, 'thumbs_up', 3000000000) $$,
    '[C-17] [C-F20] a job does, however large'
);
SELECT throws_matching(
    format(
        $$ INSERT INTO chatsphere.analytics_usage (user_id, chatbot_id, metric_type, value)
        VALUES (%L, current_setting('test.bot')::uuid, %L, %s) $$,
        wrong.who, wrong.what, wrong.value
    ),
    wrong.rule, '[C-F17] no figure: ' || wrong.rule
)
FROM (
    VALUES
        (current_setting('test.ann'), 'Thumbs up', 1, 'analytics_usage_metric_type_check'),
        (current_setting('test.ann'), 'x', -1, 'analytics_usage_value_check'),
        (current_setting('test.bob'), 'x', 1, 'analytics_usage_chatbot_id_fkey')
) AS wrong (who, what, value, rule);
SET LOCAL ROLE chatsphere_app;
SELECT is((SELECT count(*) FROM chatsphere.analytics_usage), 1::bigint, '[C-31] the owner reads them');
SELECT lives_ok('DELETE FROM chatsphere.chatbots', 'a bot goes');
SELECT results_eq(
    'SELECT chatbot_id, value FROM chatsphere.analytics_usage', 'VALUES (NULL::uuid, 3000000000)',
    '[C-F15] what was measured of it stays, without it'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.analytics_usage', '[C-F10] and nobody else reads it');

SELECT * FROM finish();
ROLLBACK;
