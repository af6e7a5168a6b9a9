-- Subscriptions: one that runs, forwards in time, one for a payment.
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
    WHERE a.attrelid = 'persona.subscriptions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('user_id', 'bigint', true, NULL),
        ('plan', 'text', true, NULL),
        ('started_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('expires_at', 'timestamp with time zone', false, NULL),
        ('status', 'text', true, '''active''::text'),
        ('metadata', 'jsonb', true, '''{}''::jsonb'),
        ('price', 'numeric(14,2)', true, NULL),
        ('currency', 'persona.currency', true, NULL),
        ('payment_reference', 'text', false, NULL),
        ('cancelled_at', 'timestamp with time zone', false, NULL),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('refunded_at', 'timestamp with time zone', false, NULL)
    $$,
    '[P-17] [P-17.1..P-17.7] [P-04] [P-F16] subscriptions has its columns'
);
SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'persona.plans'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('plan', 'text', true, NULL),
        ('price', 'numeric(14,2)', true, NULL),
        ('currency', 'persona.currency', true, NULL),
        ('days', 'integer', false, NULL),
        ('is_offered', 'boolean', true, 'true'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[P-28] [P-04] and so has plans'
);

SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'persona' AND tablename = 'subscriptions' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX subscriptions_active_key ON persona.subscriptions USING btree (user_id) WHERE (status = ''active''::text)'),
        ('CREATE INDEX subscriptions_expires_at_idx ON persona.subscriptions USING btree (expires_at) WHERE (status = ''active''::text)'),
        ('CREATE UNIQUE INDEX subscriptions_payment_reference_key ON persona.subscriptions USING btree (payment_reference) WHERE (payment_reference IS NOT NULL)'),
        ('CREATE UNIQUE INDEX subscriptions_pkey ON persona.subscriptions USING btree (user_id, id)'),
        ('CREATE INDEX subscriptions_plan_idx ON persona.subscriptions USING btree (plan)'),
        ('CREATE INDEX subscriptions_upcoming_idx ON persona.subscriptions USING btree (started_at) WHERE (status = ''upcoming''::text)')
    $$,
    '[P-F5] [P-F16] subscriptions has the indexes it needs and no other'
);
SELECT fk_ok('persona', 'subscriptions', 'user_id', 'persona', 'users', 'id', '[P-17.2] a subscription is a person''s');
SELECT results_eq(
    $$ SELECT plan, price, currency::text, days FROM persona.plans ORDER BY price $$,
    $$ VALUES ('free', 0.00, 'rub', NULL::integer), ('pro', 490.00, 'rub', 30) $$, '[P-28] [P-17.3] there are plans from the start'
);
SELECT throws_ok(
    format('INSERT INTO persona.plans (plan, price, currency, days) VALUES (%s)', wrong.row), wrong.sqlstate, NULL,
    format('[%s] no plan is %s', wrong.number, wrong.row)
)
FROM (
    VALUES
        ('P-04', '''a'', -0.01, ''rub'', 1', '23514'), ('P-04', '''a'', 1, ''usd'', 1', '23514'), ('P-28', '''A b'', 1, ''rub'', 1', '23514'),
        ('P-28', '''a'', 1, ''rub'', NULL', '23514'), ('P-28', '''a'', 1, ''rub'', 0', '23514'), ('P-28', '''pro'', 1, ''rub'', 1', '23505'),
        ('P-04', '''a'', 1000000000000, ''rub'', 1', '22003')
) AS wrong (number, row, sqlstate);

SELECT persona.register_user(1) AS ann, persona.register_user(2) AS bob
\gset
SELECT throws_ok(
    format('INSERT INTO persona.subscriptions (user_id, plan, started_at, expires_at, status, price, currency, payment_reference) VALUES (%s, %s)', :'ann', wrong.row),
    wrong.sqlstate, NULL, format('[%s] no subscription is %s', wrong.number, wrong.row)
)
FROM (
    VALUES
        ('P-17.3', '''acme'', now(), NULL, ''active'', 0, ''rub'', NULL', '23503'), ('P-17.6', '''free'', now(), NULL, ''odd'', 0, ''rub'', NULL', '23514'),
        ('P-F16', '''free'', now(), now(), ''active'', 0, ''rub'', NULL', '23514'), ('P-F16', '''pro'', now(), NULL, ''active'', 5, ''rub'', ''p''', '23514'),
        ('P-28', '''pro'', now(), ''2100-01-01'', ''active'', 5, ''rub'', NULL', '23514'), ('P-17.5', '''pro'', now(), ''infinity'', ''active'', 5, ''rub'', ''p''', '23514'),
        ('P-F16', 'NULL, now(), NULL, ''active'', 0, ''rub'', NULL', '23502'), ('P-F16', '''free'', NULL, NULL, ''active'', 0, ''rub'', NULL', '23502'),
        ('P-28', '''free'', now(), NULL, ''upcoming'', 0, ''rub'', NULL', '23514'), ('P-28', '''pro'', now(), NULL, ''upcoming'', 0, ''rub'', ''p''', '23514'),
        ('P-17.6', '''free'', now(), NULL, ''cancelled'', 0, ''rub'', NULL', '23514'), ('P-17.6', '''free'', now(), NULL, ''expired'', 0, ''rub'', NULL', '23514')
) AS wrong (number, row, sqlstate);

SET LOCAL ROLE persona_app;
SELECT set_config('kernel.app', 'persona', true), set_config('kernel.user_id', :'ann', true);
SELECT throws_ok(
    format('SELECT persona.begin_subscription(%s, ''pro'', ''mine'')', :'ann'), '42501', NULL, 'nobody gives himself a subscription'
);
SELECT throws_ok($$ SELECT metadata FROM persona.subscriptions $$, '42501', NULL, 'or reads what the gateway said');
SET LOCAL ROLE persona_worker;
SELECT throws_ok(
    format('SELECT persona.begin_subscription(%s)', format(wrong.arguments, :'ann')), wrong.sqlstate, NULL, 'none begins by ' || wrong.arguments
)
FROM (
    VALUES
        ('%s, ''acme''', 'LB010'), ('%s, NULL', 'LB010'), ('-1, ''free''', 'LB002'), ('NULL, ''free''', 'LB002'), ('%s, ''pro''', '23514'),
        ('%s, ''pro'', ''''', '23514'), ('%s, ''free'', NULL, ''[]''', '23514'), ('%s, ''free'', NULL, NULL', '23502')
) AS wrong (arguments, sqlstate);
SELECT throws_ok(
    format('SELECT persona.begin_subscription(%s, ''pro'', ''pay-1'', ''{}'', %s)', :'ann', other.price), 'LB013', NULL,
    '[P-04] [P-28] nothing begins for another price: ' || other.price
)
FROM (VALUES ('4.90, ''rub'''), ('490, ''cny'''), ('490'), ('490, ''eur'''), ('NULL, ''rub''')) AS other (price);
SELECT persona.begin_subscription(:ann, 'pro', 'pay-1', '{"gateway": "g"}', 490.00, 'rub') AS first
\gset
SELECT is(persona.begin_subscription(:ann, 'pro', 'pay-1'), :first::bigint, '[P-28] the webhook, twice, is once');
SELECT throws_ok(
    format('SELECT persona.begin_subscription(%s)', format(wrong.arguments, :'ann', :'bob')), wrong.sqlstate, NULL, format('[P-F16] %s', wrong.what)
)
FROM (
    VALUES
        ('%2$s, ''pro'', ''pay-1''', 'LB011', 'a payment pays for one person'), ('%1$s, ''free'', ''pay-1''', 'LB011', 'and for one plan'),
        ('%1$s, ''free''', '23505', 'one subscription runs at a time')
) AS wrong (arguments, sqlstate, what);
SELECT results_eq(
    $$ SELECT plan, status, price, currency::text, expires_at - started_at, payment_reference, metadata FROM persona.subscriptions $$,
    $$ VALUES ('pro', 'active', 490.00, 'rub', interval '30 days', 'pay-1', jsonb '{"gateway": "g"}') $$,
    '[P-28] [P-17.7] it has the price and the time of its plan, and the reference in a column of its own'
);
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.user_id', :'bob', true);
SELECT is(persona.cancel_subscription(), false, 'who has none cancels none');
SELECT is_empty($$ SELECT id FROM persona.subscriptions $$, 'and sees none');
SELECT set_config('kernel.user_id', :'ann', true);
SELECT is(persona.cancel_subscription(), true, '[P-28] who has one does');
SELECT is(persona.cancel_subscription(), false, 'once');
SELECT results_eq(
    $$ SELECT status, cancelled_at FROM persona.subscriptions $$, $$ VALUES ('cancelled', now()) $$, '[P-17.6] it stays, with the moment'
);
SET LOCAL ROLE persona_worker;
SELECT is(persona.begin_subscription(:ann, 'pro', 'pay-1'), :first::bigint, '[P-28] a payment that is told of again begins nothing anew');
SELECT throws_ok(
    format('SELECT persona.begin_subscription(%s, ''free'')', :'ann'), '23505', NULL,
    '[P-28] what was paid for runs to its end, and what costs nothing is no more'
);

-- Renewals: nothing that was paid for is lost.
SELECT persona.begin_subscription(:bob, 'free');
SELECT persona.begin_subscription(:bob, 'pro', 'b-1');
SELECT results_eq(
    format('SELECT plan, status, expires_at IS NULL FROM persona.subscriptions WHERE user_id = %s ORDER BY id', :'bob'),
    $$ VALUES ('free', 'cancelled', true), ('pro', 'active', false) $$, '[P-28] who pays leaves the free plan at once'
);
SELECT persona.begin_subscription(:bob, 'pro', 'b-2');
SELECT persona.begin_subscription(:bob, 'pro', 'b-3');
SELECT results_eq(
    format(
        'SELECT payment_reference, status, started_at - now(), expires_at - now() FROM persona.subscriptions'
        ' WHERE user_id = %s AND plan = ''pro'' ORDER BY id', :'bob'
    ),
    $$ VALUES
        ('b-1', 'active', interval '0', interval '30 days'), ('b-2', 'upcoming', interval '30 days', interval '60 days'),
        ('b-3', 'upcoming', interval '60 days', interval '90 days')
    $$,
    '[P-28] [P-F16] what is paid before the end begins when the one before is over'
);
SELECT throws_ok($$ SELECT persona.refund_subscription('b-0') $$, 'LB012', NULL, '[P-28] what nobody paid does not go back');
SELECT is(persona.refund_subscription('b-2'), true, '[P-28] a payment goes back');
SELECT is(persona.refund_subscription('b-2'), false, 'once');
SELECT results_eq(
    format(
        'SELECT payment_reference, status, started_at - now(), expires_at - now(), refunded_at FROM persona.subscriptions'
        ' WHERE user_id = %s AND plan = ''pro'' ORDER BY id', :'bob'
    ),
    $$ VALUES
        ('b-1', 'active', interval '0', interval '30 days', NULL::timestamptz),
        ('b-2', 'cancelled', interval '30 days', interval '60 days', now()),
        ('b-3', 'upcoming', interval '30 days', interval '60 days', NULL)
    $$,
    '[P-28] and what was paid for after it begins as much sooner'
);
SELECT persona.refund_subscription('b-1');
SELECT results_eq(
    format('SELECT payment_reference, status, expires_at - now() FROM persona.subscriptions WHERE user_id = %s AND plan = ''pro'' ORDER BY id', :'bob'),
    $$ VALUES ('b-1', 'cancelled', interval '30 days'), ('b-2', 'cancelled', interval '60 days'), ('b-3', 'active', interval '30 days') $$,
    '[P-28] at once, where the one that runs went back'
);
RESET ROLE;
SELECT throws_ok(
    $$ UPDATE persona.subscriptions SET refunded_at = now() WHERE payment_reference = 'b-3' $$, '23514', NULL,
    '[P-28] who has the money back is not served for it'
);
SELECT throws_ok(
    $$ UPDATE persona.subscriptions SET refunded_at = now() WHERE plan = 'free' $$, '23514', NULL, 'and only money that came goes back'
);
SELECT set_config('kernel.user_id', :'bob', true);
SET LOCAL ROLE persona_worker;
SELECT persona.begin_subscription(:bob, 'pro', 'b-4');
SET LOCAL ROLE persona_app;
SELECT is(persona.cancel_subscription(), true, '[P-28] who wants no renewal');
SELECT results_eq(
    $$ SELECT payment_reference, status, expires_at - now() FROM persona.subscriptions WHERE refunded_at IS NULL AND plan = 'pro' ORDER BY id $$,
    $$ VALUES ('b-3', 'cancelled', interval '30 days'), ('b-4', 'cancelled', interval '60 days') $$, 'keeps all that was paid for'
);
SET LOCAL ROLE persona_worker;
SELECT persona.begin_subscription(:bob, 'pro', 'b-5');
SELECT persona.refund_subscription('b-4');
RESET ROLE;
SELECT results_eq(
    $$ SELECT status, started_at - now() FROM persona.subscriptions WHERE payment_reference = 'b-5' $$, $$ VALUES ('upcoming', interval '30 days') $$,
    '[P-28] and who comes back begins after that'
);

-- The job. Thirty-one days later:
UPDATE persona.subscriptions SET started_at = started_at - interval '31 days', expires_at = expires_at - interval '31 days';
SET LOCAL ROLE persona_worker;
SELECT isnt(
    persona.begin_subscription(:ann, 'free'), NULL::bigint, '[P-28] what is over makes room before the job has come'
);
SELECT is((SELECT s.status FROM persona.subscriptions AS s WHERE s.payment_reference = 'pay-1'), 'cancelled', '[P-17.6] what was cancelled stays so');
RESET ROLE;
SELECT results_eq(
    $$ SELECT j.function_name, j.is_enabled FROM kernel.job AS j WHERE j.name = 'persona_expire_subscriptions' $$,
    $$ VALUES ('persona.expire_subscriptions()', true) $$, '[P-28] a job ends what is over'
);
SET LOCAL ROLE strongroom_runner;
SELECT is(persona.expire_subscriptions(), 1::bigint, '[P-28] and begins what waited for it');
SELECT is(persona.expire_subscriptions(), 0::bigint, 'until nothing is left');
RESET ROLE;
SELECT is((SELECT s.status FROM persona.subscriptions AS s WHERE s.payment_reference = 'b-5'), 'active', '[P-28] its time has come');
UPDATE persona.subscriptions SET started_at = started_at - interval '30 days', expires_at = expires_at - interval '30 days' WHERE plan = 'pro';
SET LOCAL ROLE strongroom_runner;
SELECT is(persona.expire_subscriptions(), 1::bigint, '[P-28] one by one');
RESET ROLE;
SELECT is((SELECT s.status FROM persona.subscriptions AS s WHERE s.payment_reference = 'b-5'), 'expired', '[P-17.6] and is over');
SELECT results_eq(
    $$ SELECT plan, status FROM persona.subscriptions WHERE status IN ('active', 'upcoming') $$, $$ VALUES ('free', 'active') $$,
    'what has no end goes on'
);
UPDATE persona.plans SET is_offered = false WHERE plan = 'pro';
SELECT throws_ok(
    format('SELECT persona.begin_subscription(%s, ''pro'', ''pay-4'')', :'bob'), 'LB010', NULL, 'a plan that is not offered any more is begun by nobody'
);
SELECT is(persona.begin_subscription(:ann, 'pro', 'pay-1'), :first::bigint, 'but what was begun is told again');
SELECT throws_matching($$ DELETE FROM persona.plans WHERE plan = 'pro' $$, 'subscriptions_plan_fkey', 'and stays while somebody had it');

SELECT * FROM finish();
ROLLBACK;
