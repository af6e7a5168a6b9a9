-- Plans: what an account may do.
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
    WHERE a.attrelid = 'chatsphere.plans'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('plan_name', 'text', true, NULL),
        ('usage_limit', 'integer', true, NULL),
        ('usage_period', 'text', true, '''month''::text'),
        ('chatbot_limit', 'integer', true, NULL),
        ('source_limit', 'integer', true, NULL),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[C-F18] [C-F17] plans has its columns, required where they should be'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'plans'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX plans_pkey ON chatsphere.plans USING btree (plan_name)')
    $$,
    '[C-F18] plans has the indexes it needs and no other'
);
SELECT results_eq(
    'SELECT plan_name, usage_limit, usage_period FROM chatsphere.plans ORDER BY usage_limit',
    $$
    VALUES
        ('free', 1000, 'month'), ('starter', 10000, 'month'), ('pro', 100000, 'month'),
        ('enterprise', 10000000, 'month')
    $$,
    '[C-F18] a plan has a limit and a period; the free one has the limit of the seed'
);
SET LOCAL ROLE chatsphere_app;
SELECT is((SELECT count(*) FROM chatsphere.plans), 4::bigint, 'everybody sees them');
SELECT throws_ok(
    'UPDATE chatsphere.plans SET usage_limit = 1', '42501', NULL, '[C-F11] and no app changes them'
);
SET LOCAL ROLE chatsphere_worker;
SELECT throws_ok('UPDATE chatsphere.plans SET usage_limit = 1', '42501', NULL, 'nor a job');
RESET ROLE;
SELECT throws_ok(
    format('UPDATE chatsphere.plans SET %I = %L WHERE plan_name = ''free''', wrong.name, wrong.value), '23514', NULL,
    format('[C-F17] no plan: %s %s', wrong.name, wrong.value)
)
FROM (
    VALUES
        ('usage_limit', '-1'), ('usage_period', 'week'), ('chatbot_limit', '0'), ('source_limit', '0'),
        ('plan_name', 'Free!')
) AS wrong (name, value);
UPDATE chatsphere.plans SET updated_at = '2020-01-01', usage_limit = 1001 WHERE plan_name = 'free';
SELECT is(
    (SELECT updated_at FROM chatsphere.plans WHERE plan_name = 'free'), now(), '[C-F21] updated_at is kept'
);

SELECT * FROM finish();
ROLLBACK;
