-- What takes place when, and how many may come.
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
    WHERE a.attrelid = 'saltbitter.events'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('title', 'text', true, NULL),
        ('description', 'text', false, NULL),
        ('type', 'text', true, NULL),
        ('start_time', 'timestamp with time zone', true, NULL),
        ('end_time', 'timestamp with time zone', true, NULL),
        ('capacity', 'integer', true, NULL),
        ('price', 'numeric(12,2)', true, '0.00'),
        ('host_name', 'text', false, NULL),
        ('video_url', 'text', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('time_zone', 'text', true, '''UTC''::text'),
        ('currency', 'text', true, '''USD''::text'),
        ('seats_taken', 'integer', true, '0'),
        ('canceled_at', 'timestamp with time zone', false, NULL)
    $$,
    '[S-20] [S-20.1..S-20.12] [S-F7] events has its columns, and keeps its zone'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'events' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX events_pkey ON saltbitter.events USING btree (id)'),
        ('CREATE INDEX events_start_time_idx ON saltbitter.events USING btree (start_time, id)'),
        ('CREATE INDEX events_type_idx ON saltbitter.events USING btree (type, start_time)')
    $$,
    '[S-20.16, S-20.17] [S-F27] events is found by when it begins, also of a kind'
);

SELECT set_config('kernel.app', 'saltbitter', true);
SET LOCAL ROLE saltbitter_worker;
SELECT lives_ok(
    $$
    INSERT INTO saltbitter.events (title, type, start_time, end_time, capacity, video_url, time_zone)
    VALUES ('Talk', 'ama', now() + interval '1 day', now() + interval '2 days', 2, 'https://x.org/1', 'Europe/Vienna')
    $$,
    '[S-20] staff announce an event'
);
SELECT throws_matching(
    format('UPDATE saltbitter.events SET %s', wrong.change), wrong.rule, wrong.number || ' no event'
)
FROM (
    VALUES
        ('end_time = start_time', 'events_valid_event_duration_check', '[S-20.13] [S-28] that takes no time:'),
        ('capacity = 0', 'events_positive_capacity_check', '[S-20.14] [S-28] for nobody:'),
        ('price = -0.01', 'events_non_negative_price_check', '[S-20.15] [S-28] that pays who comes:'),
        ('price = ''NaN''', 'events_non_negative_price_check', '[S-20.8] whose price is no number:'),
        ('title = ''''', 'events_title_length_check', '[S-20.2] without a name:'),
        ('type = ''party''', 'events_type_fkey', '[S-20.4] [S-F12] of an unknown kind:'),
        ('video_url = ''http://x.org''', 'events_video_url_check', '[S-20.10] that others listen to:'),
        ('start_time = ''-infinity''', 'events_time_range_check', '[S-20.5] that began before time:'),
        ('currency = ''dollars''', 'events_currency_check', '[S-F20] in a currency of its own:')
) AS wrong (change, rule, number);
SELECT throws_ok(
    format('UPDATE saltbitter.events SET time_zone = %L', zone), 'SB045', NULL, format('[S-F7] no clock shows the time of %s', zone)
)
FROM unnest(ARRAY['Nowhere!', 'Vienna', 'CET', '+01', 'Europe/Vindobona', '']) AS zone;
SELECT throws_ok('UPDATE saltbitter.events SET seats_taken = 0', '42501', NULL, '[S-F18] nobody counts seats by hand');
SELECT throws_ok('UPDATE saltbitter.events SET canceled_at = now()', '42501', NULL, 'nor cancels an event and leaves its seats');
UPDATE saltbitter.events SET title = 'Long talk';
SELECT is(
    (SELECT updated_at FROM saltbitter.events WHERE title = 'Long talk'), now(),
    '[S-20.12] [S-F24] updated_at is kept by the database'
);
SET LOCAL ROLE saltbitter_app;
SELECT isnt_empty('SELECT title FROM saltbitter.events', '[S-20] everybody sees what there is');
SELECT throws_ok('SELECT video_url FROM saltbitter.events', '42501', NULL, '[S-20.10] but not where it is held');
SELECT throws_ok(
    $$ INSERT INTO saltbitter.events (title, type, start_time, end_time, capacity)
       VALUES ('x', 'ama', now(), now() + interval '1 day', 1) $$, '42501', NULL, 'people announce nothing'
);

SELECT * FROM finish();
ROLLBACK;
