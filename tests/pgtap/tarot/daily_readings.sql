-- What an analyst learns about readings: finished days, and no group that is small.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(7);

-- Five people draw one card on five days, and a sixth draws five in one day.
SELECT set_config('test.dawn', date_trunc('day', now(), 'UTC')::text, true);
SELECT tarot.register_user(n, NULL) FROM generate_series(2001, 2006) AS n;
CREATE FUNCTION pg_temp.draw(p_telegram_id bigint, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tarot.readings (user_id, spread_type, cards, interpretation, created_at)
    VALUES (
        tarot.find_user(p_telegram_id), 'single',
        '[{"card": "death", "position": 1, "reversed": true}]', 'Change.', p_at
    );
$$;
SELECT pg_temp.draw(2001, now()), pg_temp.draw(n, current_setting('test.dawn')::timestamptz)
FROM generate_series(2001, 2005) AS n;
SET LOCAL ROLE tarot_analyst;
SELECT is_empty(
    $$ SELECT day FROM tarot.daily_readings $$,
    'the running day is left out, or a reading of it could be told'
);

RESET ROLE;
SELECT pg_temp.draw(n, current_setting('test.dawn')::timestamptz - interval '1 microsecond')
FROM generate_series(2001, 2005) AS n;
SELECT pg_temp.draw(n, current_setting('test.dawn')::timestamptz - interval '2 days')
FROM generate_series(2001, 2004) AS n;
SELECT pg_temp.draw(2006, current_setting('test.dawn')::timestamptz - interval '3 days')
FROM generate_series(1, 5);
SET LOCAL ROLE tarot_analyst;
SELECT results_eq(
    $$ SELECT day, spread_type, readings, people FROM tarot.daily_readings $$,
    $$ SELECT (now() AT TIME ZONE 'UTC')::date - 1, 'single', 5::bigint, 5::bigint $$,
    'a day that is over shows five people together, and neither four nor one who drew five times'
);
SET LOCAL TimeZone = 'Pacific/Kiritimati';
SELECT results_eq(
    $$ SELECT day FROM tarot.daily_readings $$, $$ SELECT (now() AT TIME ZONE 'UTC')::date - 1 $$,
    'days are those of UTC east of it'
);
SET LOCAL TimeZone = 'Pacific/Pago_Pago';
SELECT results_eq(
    $$ SELECT day FROM tarot.daily_readings $$, $$ SELECT (now() AT TIME ZONE 'UTC')::date - 1 $$,
    'and west of it'
);
SELECT throws_ok($$ SELECT id FROM tarot.readings $$, '42501', NULL, 'an analyst sees no reading');

SET LOCAL ROLE tarot_app;
SELECT throws_ok(
    $$ SELECT day FROM tarot.daily_readings $$, '42501', NULL, 'the app counts nobody'
);
SET LOCAL ROLE tarot_worker;
SELECT throws_ok($$ SELECT day FROM tarot.daily_readings $$, '42501', NULL, 'nor does a job');

SELECT * FROM finish();
ROLLBACK;
