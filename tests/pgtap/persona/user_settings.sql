-- What a person sets: defaults, the currency and its rate, whose it is.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(31);

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'persona.user_settings'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('user_id', 'bigint', true, NULL),
        ('signature', 'text', true, '''@annabbox''::text'),
        ('default_currency', 'persona.currency', true, '''cny''::text'),
        ('exchange_rate', 'numeric(14,4)', false, NULL),
        ('exchange_rate_at', 'timestamp with time zone', false, NULL),
        ('preferences', 'jsonb', true, '''{}''::jsonb'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[P-11] [P-11.1..P-11.9] [P-04] [P-F9] [P-F10] user_settings has its columns and defaults'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'persona' AND tablename = 'user_settings' $$,
    $$ VALUES ('CREATE UNIQUE INDEX user_settings_pkey ON persona.user_settings USING btree (user_id)') $$,
    '[P-11.2] a person has one row, and the index for it is the only one'
);
SELECT fk_ok(
    'persona', 'user_settings', 'user_id', 'persona', 'users', 'id', '[P-11.2] it is a person''s'
);

SET LOCAL ROLE persona_app;
SELECT persona.register_user(1001) AS ann, persona.register_user(1002) AS bob
\gset
SELECT set_config('kernel.user_id', :'ann', true);
SELECT results_eq(
    $$ SELECT signature, default_currency::text, exchange_rate, exchange_rate_at, preferences FROM persona.user_settings $$,
    $$ VALUES ('@annabbox', 'cny', NULL::numeric, NULL::timestamptz, jsonb '{}') $$,
    '[P-20] [P-F10] [P-11.3] settings are there from the start, and one sees one''s own'
);
SELECT throws_ok(
    $$ INSERT INTO persona.user_settings DEFAULT VALUES $$, '42501', NULL, '[P-20] nobody makes a second row'
);
SELECT throws_ok($$ DELETE FROM persona.user_settings $$, '42501', NULL, 'or takes the row away');
SELECT throws_ok(
    $$ UPDATE persona.user_settings SET exchange_rate_at = now() $$, '42501', NULL,
    '[P-F11] nobody says when a rate was set'
);
SELECT throws_ok(
    format('UPDATE persona.user_settings SET %s', wrong.assignment), wrong.sqlstate, NULL,
    format('[%s] settings can''t have %s', wrong.number, wrong.assignment)
)
FROM (
    VALUES
        ('P-11.4', 'default_currency = ''usd''', '23514'), ('P-11.4', 'default_currency = NULL', '23502'),
        ('P-11.5', 'exchange_rate = 11.5', '23514'),
        ('P-F11', 'default_currency = ''rub'', exchange_rate = 0', '23514'),
        ('P-F11', 'default_currency = ''rub'', exchange_rate = -1', '23514'),
        ('P-F11', 'default_currency = ''rub'', exchange_rate = ''NaN''', '23514'),
        ('P-F11', 'default_currency = ''rub'', exchange_rate = 0.00004', '23514'),
        ('P-04', 'default_currency = ''rub'', exchange_rate = 10000000000', '22003'),
        ('P-11.3', 'signature = ''''', '23514'), ('P-11.3', 'signature = repeat(''x'', 256)', '23514'),
        ('P-11.7', 'preferences = ''[]''', '23514'), ('P-11.7', 'preferences = jsonb_build_object(''a'', repeat(''a'', 20000))', '23514')
) AS wrong (number, assignment, sqlstate);

UPDATE persona.user_settings SET default_currency = 'rub', exchange_rate = 11.23456;
SELECT results_eq(
    $$ SELECT exchange_rate, exchange_rate_at FROM persona.user_settings $$,
    $$ VALUES (11.2346, now()) $$,
    '[P-11.5] [P-11.6] [P-F11] a rate has four decimals and the time at which it was set'
);
RESET ROLE;
ALTER TABLE persona.user_settings DISABLE TRIGGER t10_stamp_rate;
UPDATE persona.user_settings SET exchange_rate_at = '2020-01-01' WHERE user_id = :ann;
SELECT throws_ok(
    format('UPDATE persona.user_settings SET exchange_rate_at = NULL WHERE user_id = %s', :'ann'), '23514', NULL,
    '[P-F11] a rate without its time can''t be, trigger or none'
);
SELECT throws_ok(
    format('UPDATE persona.user_settings SET exchange_rate_at = now() WHERE user_id = %s', :'bob'), '23514', NULL,
    '[P-F11] nor a time without a rate'
);
ALTER TABLE persona.user_settings ENABLE TRIGGER t10_stamp_rate;
SET LOCAL ROLE persona_app;
UPDATE persona.user_settings SET signature = 'A.', exchange_rate = 11.2346;
SELECT is(
    (SELECT exchange_rate_at FROM persona.user_settings), '2020-01-01'::timestamptz,
    '[P-11.6] the same rate was set when it was set'
);
UPDATE persona.user_settings SET exchange_rate = 12;
SELECT is(
    (SELECT exchange_rate_at FROM persona.user_settings), now(), '[P-11.6] another one is set now'
);
UPDATE persona.user_settings SET default_currency = 'cny';
SELECT results_eq(
    $$ SELECT exchange_rate, exchange_rate_at FROM persona.user_settings $$,
    $$ VALUES (NULL::numeric, NULL::timestamptz) $$,
    '[P-20] who goes back to yuan leaves the rate behind'
);
SELECT lives_ok(
    $$ UPDATE persona.user_settings SET preferences = '{"voice": true}' $$, '[P-05] [P-11.7] switches are an object'
);
SELECT is_empty(
    format('UPDATE persona.user_settings SET signature = ''x'' WHERE user_id = %s RETURNING user_id', :'bob'),
    'nobody changes what another set'
);
SELECT throws_ok($$ UPDATE persona.user_settings SET user_id = 1 $$, '42501', NULL, 'or gives settings away');
SELECT set_config('kernel.user_id', '', true);
SELECT is_empty($$ SELECT FROM persona.user_settings $$, 'without an identity nothing is seen');

RESET ROLE;
UPDATE persona.user_settings SET updated_at = '2020-01-01', signature = 'B.' WHERE user_id = :ann;
SELECT is(
    (SELECT updated_at FROM persona.user_settings WHERE user_id = :ann), now(),
    '[P-11.9] [P-18] updated_at is kept by the database'
);
DELETE FROM persona.users WHERE id = :ann;
SELECT is(
    (SELECT array_agg(user_id) FROM persona.user_settings WHERE user_id IN (:ann, :bob)), ARRAY[:bob]::bigint[],
    '[P-02] [P-06] settings go with their person, and with nobody else'
);

SELECT * FROM finish();
ROLLBACK;
