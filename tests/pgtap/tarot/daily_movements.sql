-- What an analyst learns about movements: finished days, and no group that is small.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(9);

-- Five people get a bonus, four of them spend some of it.
SELECT tarot.grant_bonus(tarot.register_user(n, NULL), 10, 'gift')
FROM generate_series(2001, 2005) AS n;
SELECT set_config('kernel.user_id', tarot.find_user(n)::text, true), tarot.spend_credits(2, 'spend')
FROM generate_series(2001, 2004) AS n;

SET LOCAL ROLE tarot_analyst;
SELECT is_empty(
    $$ SELECT day FROM tarot.daily_movements $$,
    'the running day is left out, or a movement of it could be told'
);

-- The clock of the ledger is not for statements to set.
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE tarot.transactions SET completed_at = date_trunc('day', now(), 'UTC');
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE tarot_analyst;
SELECT is_empty($$ SELECT day FROM tarot.daily_movements $$, 'from its first moment');

RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE tarot.transactions SET completed_at = completed_at - interval '1 microsecond';
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE tarot_analyst;
SELECT results_eq(
    $$ SELECT day, type::text, movements, credits, people FROM tarot.daily_movements $$,
    $$ SELECT (now() AT TIME ZONE 'UTC')::date - 1, 'bonus', 5::bigint, 50::bigint, 5::bigint $$,
    'a day that is over shows what five people did together, and what four did not at all'
);
SET LOCAL TimeZone = 'Pacific/Kiritimati';
SELECT results_eq(
    $$ SELECT day FROM tarot.daily_movements $$, $$ SELECT (now() AT TIME ZONE 'UTC')::date - 1 $$,
    'days are those of UTC east of it'
);
SET LOCAL TimeZone = 'Pacific/Pago_Pago';
SELECT results_eq(
    $$ SELECT day FROM tarot.daily_movements $$, $$ SELECT (now() AT TIME ZONE 'UTC')::date - 1 $$,
    'and west of it'
);
SELECT throws_ok(
    $$ SELECT user_id FROM tarot.transactions $$, '42501', NULL, 'an analyst sees no movement'
);
SELECT throws_ok($$ SELECT user_id FROM tarot.credits $$, '42501', NULL, 'and no account');

SET LOCAL ROLE tarot_app;
SELECT throws_ok(
    $$ SELECT day FROM tarot.daily_movements $$, '42501', NULL, 'the app counts nobody'
);
SET LOCAL ROLE tarot_worker;
SELECT throws_ok($$ SELECT day FROM tarot.daily_movements $$, '42501', NULL, 'nor does a job');

SELECT * FROM finish();
ROLLBACK;
