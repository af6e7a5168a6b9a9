-- People whose accounts, purchases, readings and sessions have the same numbers and keys: what one does leaves
-- the others' as it is.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

\ir ../kernel/_changes.sql
INSERT INTO tarot.users (id, telegram_id, subscription_tier, subscription_expires_at, is_active) OVERRIDING SYSTEM VALUE
SELECT
    9000000 + n, n, CASE WHEN n < 4 THEN 'premium' ELSE 'basic' END,
    CASE n WHEN 1 THEN now() WHEN 2 THEN now() + interval '1 second' WHEN 3 THEN now() - interval '1 day' END, n <> 3
FROM generate_series(1, 4) AS n;
INSERT INTO tarot.credits (user_id) SELECT 9000000 + n FROM generate_series(1, 4) AS n;

CREATE FUNCTION pg_temp.app(p_n integer, p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('tarot', 'tarot_app', (9000000 + p_n)::text, p_call) $$;
CREATE FUNCTION pg_temp.worker(p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('tarot', 'tarot_worker', '', p_call) $$;
CREATE FUNCTION pg_temp.drawn(p_n integer, p_key text) RETURNS text LANGUAGE sql AS $$
SELECT format(
    'SELECT * FROM tarot.draw_reading(''single'', ''%s?'', ''[{"card": "the_fool", "position": 1, "reversed": false}]'', ''!'', %L)',
    p_n, p_key
)
$$;
CREATE FUNCTION pg_temp.movement(p_n integer, p_key text) RETURNS bigint LANGUAGE sql
AS $$ SELECT t.id FROM tarot.transactions AS t WHERE t.user_id = 9000000 + p_n AND t.idempotency_key = p_key $$;

-- The same keys of two people.
SELECT is(
    pg_temp.worker(format('SELECT tarot.grant_bonus(9000000 + %s, 10, ''bonus'')', n)),
    ARRAY['~credits ' || n, '+transactions ' || n], '[T-16] one gets a bonus'
)
FROM generate_series(1, 2) AS n;
SELECT is(pg_temp.worker($$ SELECT tarot.grant_bonus(9000001, 10, 'bonus') $$), '{}', '[T-F14] once');
SELECT throws_ok(
    $$ SELECT tarot.grant_bonus(9000001, 11, 'bonus') $$, 'TR002', NULL, '[T-F14] and no other one by that key'
);
SELECT is(
    pg_temp.app(n, $$ SELECT tarot.spend_credits(2, 'spent') $$), ARRAY['~credits ' || n, '+transactions ' || n],
    '[T-15] one spends'
)
FROM generate_series(1, 2) AS n;
SELECT is(pg_temp.app(1, $$ SELECT tarot.spend_credits(2, 'spent') $$), '{}', '[T-F14] once');
SELECT set_config('kernel.user_id', '9000001', true), set_config('kernel.app', 'tarot', true);
SELECT throws_ok(call, 'TR002', NULL, '[T-F14] and nothing else by that key: ' || call)
FROM (
    VALUES
        ($$ SELECT tarot.spend_credits(10, 'bonus') $$), ($$ SELECT tarot.grant_bonus(9000001, 2, 'spent') $$),
        ($$ SELECT tarot.start_purchase(2, 'pay', 'spent') $$), ($$ SELECT tarot.refund_transaction(9000001, 1, 'spent') $$),
        (pg_temp.drawn(1, 'spent'))
) AS other (call);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(1, 'late', 2) $$, 'TR003', NULL, '[T-15] a version that is not expected spends nothing'
);
SELECT is(
    pg_temp.app(1, $$ SELECT tarot.spend_credits(1, 'in time', 3) $$), '{~credits 1,+transactions 1}',
    '[T-15] the one that is expected does'
);
SELECT is(
    pg_temp.app(n, pg_temp.drawn(n, 'drawn')), ARRAY['~credits ' || n, '+readings ' || n, '+transactions ' || n],
    '[T-17] one draws'
)
FROM generate_series(1, 2) AS n;
SELECT is(pg_temp.app(2, pg_temp.drawn(2, 'drawn')), '{}', '[T-F14] once');
SELECT results_eq(
    pg_temp.drawn(2, 'drawn'),
    $$
    SELECT r.id, r.transaction_id, 1, t.credits_after, r.created_at
    FROM tarot.readings AS r
    JOIN tarot.transactions AS t ON t.id = r.transaction_id
    WHERE r.question = '2?'
    $$,
    '[T-F14] and is told of the own reading'
);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(1, 'drawn') $$, 'TR002', NULL, '[T-F6] what paid for a reading pays for nothing else'
);

-- Money.
SELECT is(
    pg_temp.app(n, format('SELECT tarot.start_purchase(5, ''pay %s %s'', ''buy %s'')', n, k, k)),
    ARRAY['+transactions ' || n], '[T-F10] one begins to buy'
)
FROM generate_series(1, 2) AS n, generate_series(1, 3) AS k;
SELECT is(
    pg_temp.worker($$ SELECT tarot.complete_purchase('pay 1 1') $$), '{~credits 1,~transactions 1}', '[T-F8] one has paid'
);
SELECT is(
    pg_temp.worker($$ SELECT tarot.fail_purchase('pay 1 2', 'no') $$), '{~transactions 1}', '[T-F8] one has not'
);
SELECT is(
    pg_temp.worker(format('SELECT tarot.refund_transaction(9000001, %s, ''back'')', pg_temp.movement(1, 'buy 1'))),
    '{~credits 1,+transactions 1,~transactions 1}', '[T-F8] one gets the money back'
);
SELECT throws_ok(
    format('SELECT tarot.refund_transaction(9000001, %s, ''back'')', pg_temp.movement(1, 'drawn')), 'TR002', NULL,
    '[T-F14] and nothing else by that key'
);
SELECT throws_ok(
    format('SELECT tarot.refund_transaction(9000001, %s, ''others'')', pg_temp.movement(2, 'spent')), 'TR008', NULL,
    '[T-F8] nor the money of another'
);
SELECT is(
    (SELECT array_agg(ARRAY[c.user_id - 9000000, c.balance, c.version] ORDER BY c.user_id) FROM tarot.credits AS c),
    '{{1,6,7},{2,7,4},{3,0,1},{4,0,1}}', '[T-16] each has what is left'
);
SELECT is_empty('SELECT * FROM tarot.ledger_breaks', '[T-F7] and the ledgers add up');
SELECT throws_ok(
    $$ SELECT tarot.grant_bonus(9000009, 1, 'nobody') $$, 'TR009', NULL, '[T-F4] nobody has no account'
);

-- Jobs.
SELECT is(
    pg_temp.worker('SELECT tarot.fail_stale_purchases(''0'', 1, now() + interval ''1 second'')'), '{~transactions 1}',
    '[T-21] what nobody paid fails, as many as asked for'
);
SELECT is(
    pg_temp.worker('SELECT tarot.expire_subscriptions()'), '{~users 1}',
    '[T-20] a tier is over when its time has come, for those who use the bot'
);

SELECT * FROM finish();
ROLLBACK;
