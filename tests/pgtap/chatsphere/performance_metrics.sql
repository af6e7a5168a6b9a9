-- Gauges of bots.
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
    WHERE a.attrelid = 'chatsphere.performance_metrics'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', false, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('metric_name', 'text', true, NULL),
        ('value', 'double precision', true, NULL),
        ('labels', 'jsonb', true, '''{}''::jsonb'),
        ('timestamp', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-18.1] [C-18.3..C-18.6] [C-F20] performance_metrics has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.performance_metrics'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('performance_metrics_chatbot_id_fkey', 'chatsphere.chatbots', 'n', 'user_id, chatbot_id')
    $$,
    '[C-18.2] [C-F15] what performance_metrics refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'performance_metrics'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX performance_metrics_chatbot_id_timestamp_idx ON ONLY '
            'chatsphere.performance_metrics USING btree (user_id, chatbot_id, "timestamp", id)'),
        ('CREATE UNIQUE INDEX performance_metrics_pkey ON ONLY chatsphere.performance_metrics '
            'USING btree (user_id, "timestamp", id)')
    $$,
    '[C-18.7] performance_metrics has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
RESET ROLE;
SELECT results_eq(
    $$ SELECT every, keep FROM kernel.partition_policy WHERE parent = 'chatsphere.performance_metrics'::regclass $$,
    $$ VALUES (interval '1 month', interval '6 months') $$, '[C-F20] [X-5] months, for half a year'
);
SET LOCAL ROLE chatsphere_worker;
SELECT lives_ok(
    $$ INSERT INTO chatsphere.performance_metrics (user_id, chatbot_id, metric_name, value, labels)
    VALUES (current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, 'answer_seconds', 0.25, '{"model": "m"}') $$,
    '[C-18] a job notes a figure'
);
SELECT throws_matching(
    format(
        $$ INSERT INTO chatsphere.performance_metrics (user_id, chatbot_id, metric_name, value, labels)
        VALUES (current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, %L, %L, %L) $$,
        wrong.name, wrong.value, wrong.labels
    ),
    wrong.rule, '[C-F17] no figure: ' || wrong.rule || ' ' || wrong.value
)
FROM (
    VALUES
        ('a b', '1', '{}', 'performance_metrics_metric_name_check'),
        ('x', 'NaN', '{}', 'performance_metrics_value_check'),
        ('x', 'Infinity', '{}', 'performance_metrics_value_check'),
        ('x', '1', '[]', 'performance_metrics_labels_check')
) AS wrong (name, value, labels, rule);
SET LOCAL ROLE chatsphere_app;
SELECT results_eq(
    'SELECT metric_name, value FROM chatsphere.performance_metrics', $$ VALUES ('answer_seconds', 0.25::float8) $$,
    '[C-31] the owner reads it'
);
SELECT lives_ok('DELETE FROM chatsphere.chatbots', 'a bot goes');
SELECT results_eq(
    'SELECT chatbot_id FROM chatsphere.performance_metrics', 'VALUES (NULL::uuid)', '[C-F15] what was measured of it stays'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.performance_metrics', '[C-F10] and nobody else reads it');

SELECT * FROM finish();
ROLLBACK;
