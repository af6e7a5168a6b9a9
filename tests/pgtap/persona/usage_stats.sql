-- Figures of use: of whom, that they add up, and that erasing somebody loses none.
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
    WHERE a.attrelid = 'persona.usage_stats'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('user_id', 'bigint', false, NULL),
        ('vendor', 'persona.llm_vendor', true, NULL),
        ('total_requests', 'bigint', true, '0'),
        ('total_tokens', 'bigint', true, '0'),
        ('last_request_at', 'timestamp with time zone', false, NULL)
    $$,
    '[P-14] [P-14.1..P-14.6] [P-F2] [P-F3] usage_stats has its columns, its counters big and never NULL'
);
SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'persona.usage_days'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('user_id', 'bigint', false, NULL),
        ('vendor', 'persona.llm_vendor', true, NULL),
        ('day', 'date', true, NULL),
        ('requests', 'bigint', true, '0'),
        ('tokens', 'bigint', true, '0')
    $$,
    '[P-F18] and so has usage_days'
);

SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'persona' AND tablename IN ('usage_stats', 'usage_days') ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX usage_days_day_idx ON persona.usage_days USING btree (day)'),
        ('CREATE UNIQUE INDEX usage_days_pkey ON persona.usage_days USING btree (id)'),
        ('CREATE UNIQUE INDEX usage_days_user_id_vendor_day_key ON persona.usage_days USING btree (user_id, vendor, day) NULLS NOT DISTINCT'),
        ('CREATE UNIQUE INDEX usage_stats_pkey ON persona.usage_stats USING btree (id)'),
        ('CREATE UNIQUE INDEX usage_stats_user_id_vendor_key ON persona.usage_stats USING btree (user_id, vendor) NULLS NOT DISTINCT')
    $$,
    '[P-F2] [P-F5] they have the indexes they need and no other'
);
SELECT fk_ok('persona', 'usage_stats', 'user_id', 'persona', 'users', 'id', '[P-14.2] figures are a person''s');
SELECT is_empty(
    $$
    SELECT c.relname, a.attname
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'persona'::regnamespace AND c.relkind = 'r' AND a.attname ~ 'vendor'
      AND a.atttypid <> 'persona.llm_vendor'::regtype
    $$,
    '[P-F12] vendors are one list for all tables'
);
SELECT throws_ok(
    format('INSERT INTO persona.usage_stats (vendor, total_requests, total_tokens) VALUES (%s)', wrong.row), wrong.sqlstate, NULL,
    format('[%s] no figures are %s', wrong.number, wrong.row)
)
FROM (
    VALUES
        ('P-14.3', 'NULL, 1, 1', '23502'), ('P-14.3', '''acme'', 1, 1', '23514'), ('P-F3', '''openai'', NULL, 1', '23502'),
        ('P-F3', '''openai'', -1, 1', '23514'), ('P-F3', '''openai'', 1, -1', '23514')
) AS wrong (number, row, sqlstate);

CREATE TEMPORARY VIEW totals AS SELECT t.vendor::text, t.total_requests, t.total_tokens, t.people FROM persona.usage_by_vendor() AS t;
GRANT SELECT ON totals TO persona_app;
SELECT persona.register_user(1) AS ann, persona.register_user(2) AS bob, persona.register_user(3) AS root
\gset
INSERT INTO persona.admin_users (user_id) VALUES (:root);
SET LOCAL ROLE persona_app;
SELECT throws_ok($$ SELECT persona.record_usage('openai') $$, 'KR001', NULL, 'nobody in particular uses nothing');
SELECT set_config('kernel.user_id', :'ann', true), set_config('kernel.app', 'persona', true);
SELECT persona.record_usage('openai', 100), persona.record_usage('openai', 50, 2), persona.record_usage('yandex');
SELECT throws_ok(
    format('SELECT persona.record_usage(%s)', wrong.arguments), wrong.sqlstate, NULL, '[P-F3] no use is ' || wrong.arguments
)
FROM (
    VALUES
        ('''openai'', -1', 'LB009'), ('''openai'', 1, -1', 'LB009'), ('''openai'', NULL', 'LB009'), ('''openai'', 1, NULL', 'LB009'),
        ('''openai'', 1000000001', 'LB009'), ('''openai'', 1, 1000001', 'LB009'), ('''openai'', 9223372036854775807', 'LB009')
) AS wrong (arguments, sqlstate);
SELECT throws_ok($$ SELECT persona.record_system_usage('openai') $$, '42501', NULL, 'a person does not act for the bot');
SELECT results_eq(
    $$ SELECT vendor::text, total_requests, total_tokens, last_request_at FROM persona.usage_stats ORDER BY vendor $$,
    $$ VALUES ('openai', 3::bigint, 150::bigint, now()), ('yandex', 1, 0, now()) $$,
    '[P-23] one sees one''s own figures, which add up'
);
SELECT results_eq(
    $$ SELECT vendor::text, day, requests, tokens FROM persona.usage_days ORDER BY vendor $$,
    $$ VALUES ('openai', (now() AT TIME ZONE 'UTC')::date, 3::bigint, 150::bigint), ('yandex', (now() AT TIME ZONE 'UTC')::date, 1, 0) $$,
    '[P-F18] by day, too'
);
SELECT throws_ok($$ UPDATE persona.usage_stats SET total_tokens = 0 $$, '42501', NULL, 'and changes none');
SELECT throws_ok(
    call.sql, 'LB001', NULL, '[P-26] others'' figures take a right: ' || call.sql
)
FROM (
    VALUES
        ('SELECT FROM persona.usage_by_vendor()'), ('SELECT FROM persona.usage_of(1)'),
        ('SELECT FROM persona.usage_by_day(''2000-01-01'', ''2100-01-01'')')
) AS call (sql);
SELECT set_config('kernel.user_id', :'bob', true);
SELECT persona.record_usage('openai', 7);
SET LOCAL ROLE persona_worker;
SELECT persona.record_system_usage('openai', 1000), persona.record_system_usage('openai', 1000);
RESET ROLE;
SELECT is(
    (SELECT count(*) FROM persona.usage_stats WHERE user_id IS NULL), 1::bigint, '[P-23] [P-F2] the bot itself has one row a vendor'
);
SELECT throws_ok(
    $$ INSERT INTO persona.usage_stats (vendor) VALUES ('openai') $$, '23505', NULL, '[P-F2] and no second one'
);
SET LOCAL ROLE persona_app;
SELECT is((SELECT sum(total_tokens) FROM persona.usage_stats), 7::numeric, 'which people don''t see');
SELECT set_config('kernel.user_id', :'root', true);
SELECT results_eq(
    'SELECT * FROM totals', $$ VALUES ('openai', 6::bigint, 2157::bigint, 2::bigint), ('yandex', 1, 0, 1) $$,
    '[P-26] [P-29] who may view figures sees all of them'
);
SELECT results_eq(
    $$ SELECT d.vendor::text, d.requests, d.tokens, d.people FROM persona.usage_by_day('2000-01-01', '2100-01-01') AS d $$,
    'SELECT * FROM totals', '[P-F18] by day, too'
);
SELECT results_eq(
    format('SELECT t.vendor::text, t.total_tokens FROM persona.usage_of(%s) AS t', :'bob'), $$ VALUES ('openai', 7::bigint) $$,
    '[P-29] and those of one person'
);
SELECT throws_ok($$ SELECT FROM persona.usage_of(-1) $$, 'LB002', NULL, 'who is there');
RESET ROLE;
SELECT is(
    (SELECT e.actor FROM kernel.audit_entries AS e WHERE e.subject = :'bob' AND e.details ->> 'action' = 'view_usage'), 'admin:' || :'root',
    '[P-24] that these were looked at is written down'
);
DELETE FROM persona.users WHERE id = :ann;
SELECT results_eq(
    'SELECT * FROM totals', $$ VALUES ('openai', 6::bigint, 2157::bigint, 1::bigint), ('yandex', 1, 0, 0) $$,
    '[P-23] what was asked of a vendor stays what it was when a person goes'
);
SELECT results_eq(
    $$ SELECT vendor::text, total_requests, total_tokens FROM persona.usage_stats WHERE user_id IS NULL ORDER BY vendor $$,
    $$ VALUES ('openai', 5::bigint, 2150::bigint), ('yandex', 1, 0) $$, '[P-23] and is nobody''s'
);
DELETE FROM persona.usage_stats;
SELECT results_eq(
    $$ SELECT vendor::text, total_requests FROM persona.usage_stats $$, $$ VALUES ('openai', 1::bigint) $$,
    'figures of nobody that are deleted are gone'
);

-- Analysts.
SET LOCAL ROLE persona_analyst;
SELECT is_empty($$ SELECT FROM persona.daily_usage $$, 'the running day is not shown');
RESET ROLE;
INSERT INTO persona.usage_days (user_id, vendor, day, requests, tokens)
SELECT persona.register_user(100 + n), 'yandex', v.day, 2, 10
FROM (VALUES (date '2026-01-01', 5), ('2026-01-02', 4)) AS v (day, people), generate_series(1, v.people) AS n;
SET LOCAL ROLE persona_analyst;
SELECT results_eq(
    $$ SELECT day, vendor::text, requests, tokens, people FROM persona.daily_usage $$,
    $$ VALUES (date '2026-01-01', 'yandex', 10::bigint, 50::bigint, 5::bigint) $$, '[P-F18] an analyst sees days of five people'
);
RESET ROLE;
SELECT is(
    (SELECT p.keep_for FROM kernel.retention_policy AS p WHERE p.name = 'usage_days'), '13 months', '[X-5] days are kept for a year and a month'
);

SELECT * FROM finish();
ROLLBACK;
