-- How much of its limit an account has used.
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
    WHERE a.attrelid = 'chatsphere.usage_periods'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('usage_period', 'text', true, NULL),
        ('period_start', 'timestamp with time zone', true, NULL),
        ('used', 'integer', true, NULL)
    $$,
    '[C-F18] usage_periods has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.usage_periods'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('usage_periods_user_id_fkey', 'chatsphere.users', 'r', 'user_id')
    $$,
    '[C-F18] what usage_periods refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'usage_periods'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX usage_periods_period_start_idx ON chatsphere.usage_periods USING btree '
            '(period_start)'),
        ('CREATE UNIQUE INDEX usage_periods_pkey ON chatsphere.usage_periods USING btree '
            '(user_id, usage_period, period_start)')
    $$,
    '[C-F18] usage_periods has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
UPDATE chatsphere.users SET usage_limit = 5;
SET LOCAL TimeZone = 'Asia/Tokyo';
SET LOCAL ROLE chatsphere_app;
SELECT results_eq(
    'SELECT used, usage_limit, period_start, period_end FROM chatsphere.reserve_usage()',
    $$ SELECT 1, 5, date_trunc('month', now(), 'UTC'),
        (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC' $$,
    '[C-32] [C-F18] a call is counted in its month of UTC, whatever the session''s zone'
);
SELECT is((SELECT used FROM chatsphere.reserve_usage(4)), 5, '[C-F18] several at once, up to the limit');
SELECT throws_ok('SELECT chatsphere.reserve_usage()', 'SP001', NULL, '[C-32] and no more');
SELECT throws_ok(
    format('SELECT chatsphere.reserve_usage(%s)', wrong.units), 'SP007', NULL, 'no number of calls: ' || wrong.units
)
FROM (VALUES ('0'), ('-1'), ('NULL'), ('10001')) AS wrong (units);
SELECT is((SELECT used FROM chatsphere.usage_periods), 5, 'what was refused is not counted');
SELECT throws_ok('UPDATE chatsphere.usage_periods SET used = 0', '42501', NULL, '[C-F11] nobody sets the own count back');
SELECT throws_ok('DELETE FROM chatsphere.usage_periods', '42501', NULL, 'nor forgets it');
RESET ROLE;
UPDATE chatsphere.users SET usage_limit = 6;
SET LOCAL ROLE chatsphere_app;
SELECT is((SELECT used FROM chatsphere.reserve_usage()), 6, '[C-F18] a larger limit holds at once');
RESET ROLE;
UPDATE chatsphere.usage_periods SET period_start = date_trunc('month', now() - interval '40 days', 'UTC');
SET LOCAL ROLE chatsphere_app;
SELECT is((SELECT used FROM chatsphere.reserve_usage(6)), 6, '[C-32] [C-F18] another period begins with nothing');
RESET ROLE;
UPDATE chatsphere.plans SET usage_period = 'day';
SET LOCAL ROLE chatsphere_app;
SELECT results_eq(
    'SELECT used, period_start, period_end - period_start FROM chatsphere.reserve_usage(2)',
    $$ SELECT 2, date_trunc('day', now(), 'UTC'), interval '1 day' $$,
    '[C-F18] a plan may count by day'
);
RESET ROLE;
UPDATE chatsphere.users SET usage_limit = 0;
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok('SELECT chatsphere.reserve_usage()', 'SP001', NULL, 'a limit of nothing allows nothing');
RESET ROLE;
UPDATE chatsphere.users SET usage_limit = 9, is_active = false;
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok('SELECT chatsphere.reserve_usage()', 'SP002', NULL, 'a closed account does nothing');
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok('SELECT chatsphere.reserve_usage()', 'KR001', NULL, 'nor does nobody');
SELECT is_empty('SELECT FROM chatsphere.usage_periods', '[C-F9] or see anything');
RESET ROLE;
SELECT results_eq(
    $$ SELECT action, keep_for FROM kernel.retention_policy WHERE name = 'chatsphere_usage_periods' $$,
    $$ VALUES ('delete', interval '3 years') $$, '[X-5] counts are kept as long as a bill is disputed'
);

SELECT * FROM finish();
ROLLBACK;
