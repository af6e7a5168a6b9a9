-- Calls of the interface, by month.
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
    WHERE a.attrelid = 'chatsphere.api_usage'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('endpoint', 'text', true, NULL),
        ('tokens_used', 'integer', true, NULL),
        ('response_time_ms', 'integer', true, NULL),
        ('status_code', 'integer', true, NULL),
        ('timestamp', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-12.1..C-12.7] [C-F14] api_usage has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.api_usage'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('api_usage_user_id_fkey', 'chatsphere.users', 'r', 'user_id')
    $$,
    '[C-12.2] [C-F15] what api_usage refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'api_usage'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX api_usage_pkey ON ONLY chatsphere.api_usage USING btree '
            '(user_id, "timestamp", id)')
    $$,
    '[C-12.8] api_usage has the indexes it needs and no other'
);
SELECT results_eq(
    $$ SELECT key_kind, every, keep FROM kernel.partition_policy WHERE parent = 'chatsphere.api_usage'::regclass $$,
    $$ VALUES ('time', interval '1 month', interval '3 years') $$,
    '[C-F20] [X-5] calls lie in partitions of a month, for three years'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT lives_ok(
    $$ INSERT INTO chatsphere.api_usage (user_id, endpoint, tokens_used, response_time_ms, status_code)
    VALUES (kernel.user_uuid(), '/v1/chatbots/{id}/messages', 12, 80, 200) $$,
    '[C-12] an account notes its calls'
);
SELECT throws_ok(
    format(
        $$ INSERT INTO chatsphere.api_usage (user_id, endpoint, tokens_used, response_time_ms, status_code)
        VALUES (%L, '/v1', 1, 1, 200) $$,
        current_setting('test.bob')
    ),
    '42501', NULL, '[C-F10] [C-F11] and nobody else''s'
);
SELECT throws_matching(
    format(
        $$ INSERT INTO chatsphere.api_usage (user_id, endpoint, tokens_used, response_time_ms, status_code)
        VALUES (kernel.user_uuid(), %L, %s, %s, %s) $$,
        wrong.endpoint, wrong.tokens, wrong.time, wrong.status
    ),
    wrong.rule, '[C-F17] no call: ' || wrong.rule
)
FROM (
    VALUES
        ('/v1?email=ann@example.org', 1, 1, 200, 'api_usage_endpoint_check'),
        ('', 1, 1, 200, 'api_usage_endpoint_check'),
        ('/v1', -1, 1, 200, 'api_usage_tokens_used_check'),
        ('/v1', 1, -1, 200, 'api_usage_response_time_ms_check'),
        ('/v1', 1, 1, 99, 'api_usage_status_code_check'),
        ('/v1', 1, 1, 600, 'api_usage_status_code_check')
) AS wrong (endpoint, tokens, time, status, rule);
SELECT throws_ok('UPDATE chatsphere.api_usage SET tokens_used = 0', '42501', NULL, 'what was noted stays');
SELECT throws_ok('DELETE FROM chatsphere.api_usage', '42501', NULL, 'and is not deleted');
SELECT is((SELECT count(*) FROM chatsphere.api_usage), 1::bigint, '[C-31] one sees the own calls');
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.api_usage', '[C-F10] and nobody else''s');

SELECT * FROM finish();
ROLLBACK;
