-- What people pay for: one subscription a person, which their tier follows.
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
    WHERE a.attrelid = 'saltbitter.subscriptions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('tier', 'text', true, NULL),
        ('stripe_subscription_id', 'text', false, NULL),
        ('stripe_customer_id', 'text', false, NULL),
        ('status', 'text', true, NULL),
        ('current_period_start', 'timestamp with time zone', false, NULL),
        ('current_period_end', 'timestamp with time zone', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('provider_at', 'timestamp with time zone', true, NULL)
    $$,
    '[S-18] [S-18.1..S-18.10] subscriptions has its columns'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'subscriptions' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX subscriptions_pkey ON saltbitter.subscriptions USING btree (user_id, id)'),
        ('CREATE INDEX subscriptions_status_idx ON saltbitter.subscriptions USING btree (status, '
            'current_period_end) WHERE (tier <> ''free''::text)'),
        ('CREATE UNIQUE INDEX subscriptions_stripe_customer_id_key ON saltbitter.subscriptions USING btree '
            '(stripe_customer_id) WHERE (stripe_customer_id IS NOT NULL)'),
        ('CREATE UNIQUE INDEX subscriptions_stripe_subscription_id_key ON saltbitter.subscriptions USING '
            'btree (stripe_subscription_id) WHERE (stripe_subscription_id IS NOT NULL)'),
        ('CREATE UNIQUE INDEX subscriptions_user_id_key ON saltbitter.subscriptions USING btree (user_id)')
    $$,
    '[S-18.2] [S-18.11, S-18.12] [S-27] [S-F1] [S-F19] [S-F27] one subscription a person, and one for each Stripe id'
);

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 3) AS n;
SELECT set_config('kernel.app', 'saltbitter', true);
CREATE FUNCTION pg_temp.tell(
    p_event text, p_n integer, p_tier text, p_status text, p_stripe text, p_end timestamptz,
    p_at timestamptz DEFAULT now(), p_start timestamptz DEFAULT now() - interval '1 day'
) RETURNS boolean LANGUAGE sql AS $$
SELECT saltbitter.set_subscription(
    p_event, pg_temp.id(p_n), p_tier, p_status, p_stripe, 'cus_' || p_n,
    CASE WHEN p_end IS NULL THEN NULL ELSE p_start END, p_end, p_at
)
$$;
SET LOCAL ROLE saltbitter_worker;
SELECT is(
    pg_temp.tell('e1', 1, 'elite', 'active', 'sub_1', now() + interval '30 days'), true, '[S-18] the provider tells of one'
);
SELECT is((SELECT subscription_tier FROM saltbitter.users WHERE id = pg_temp.id(1)), 'elite', '[S-F11] and the tier follows');
SELECT is(
    pg_temp.tell('e1', 1, 'premium', 'active', 'sub_1', now() + interval '30 days'), false,
    '[S-F19] the same message does nothing twice'
);
SELECT is(
    pg_temp.tell('e2', 1, 'premium', 'active', 'sub_1', now() + interval '30 days', now() - interval '1 hour'), false,
    '[S-F19] what is older than what is known changes nothing'
);
SELECT is((SELECT tier FROM saltbitter.subscriptions), 'elite', '[S-18.2] so it is as it was');
SELECT is(
    pg_temp.tell('e3', 1, 'premium', 'past_due', 'sub_1', now() + interval '30 days', now() + interval '1 minute'), true,
    '[S-18.6] what is newer does'
);
SELECT results_eq(
    'SELECT s.tier, s.status FROM saltbitter.subscriptions AS s', $$ VALUES ('premium', 'past_due') $$,
    '[S-27] in the place of what was'
);
SELECT is(
    pg_temp.tell('e7', 1, 'elite', 'canceled', 'sub_0', now() - interval '1 hour', now() + interval '2 minutes'), false,
    '[S-27] the end of a subscription that another one has taken the place of'
);
SELECT is(
    pg_temp.tell('e8', 1, 'elite', 'past_due', 'sub_0', now() + interval '1 day', now() + interval '2 minutes'), false,
    '[S-27] changes nothing, and nor does what is owed for it'
);
SELECT results_eq(
    'SELECT s.tier, s.status, s.stripe_subscription_id FROM saltbitter.subscriptions AS s',
    $$ VALUES ('premium', 'past_due', 'sub_1') $$, '[S-27] so who changed to another one keeps it'
);
SELECT throws_ok(
    format($$ SELECT pg_temp.tell('e9', 1, 'elite', 'active', 'sub_1', now() + interval '30 days', %L) $$, ahead),
    'KR140', NULL, format('[S-18] [S-F19] what is said to happen %s is refused: it would keep out what follows', ahead)
)
FROM unnest(ARRAY[clock_timestamp() + interval '6 minutes', '2100-01-01', 'infinity']) AS ahead;
SELECT is(
    pg_temp.tell('e9', 1, 'premium', 'past_due', 'sub_1', now() + interval '30 days', now() + interval '4 minutes'), true,
    '[S-F19] a clock that is a little ahead is not, and the message that was refused may be sent again'
);
SELECT throws_ok(
    $$ SELECT pg_temp.tell('e4', 99, 'elite', 'active', 'sub_9', now()) $$, 'SB010', NULL, '[S-18.2] nobody has none'
);
SELECT throws_matching(
    format('SELECT pg_temp.tell(%s)', wrong.arguments), wrong.rule, wrong.number || ' is refused'
)
FROM (
    VALUES
        ('''w'', 2, ''gold'', ''active'', ''sub_2'', now()', '_tier_check', '[S-18.3] [S-F12] another tier'),
        ('''w'', 2, ''elite'', ''cancelled'', ''sub_2'', now()', '_status_check', '[S-18.6] [S-F13] another spelling'),
        ('''w'', 2, ''elite'', ''active'', NULL, now()', '_paid_check', '[S-F28] a paid tier without a Stripe id'),
        ('''w'', 2, ''free'', ''active'', ''sub_2'', NULL', '_paid_check', '[S-F28] a free tier with one'),
        ('''w'', 2, ''elite'', ''active'', ''sub_2'', NULL', '_paid_check', '[S-18.8] a paid tier without an end'),
        ('''w'', 2, ''elite'', ''active'', ''sub_2'', now() - interval ''2 days''', '_period_check',
            '[S-18.7] [S-F28] a period that ends before it begins'),
        ('''w'', 2, ''elite'', ''active'', ''sub_2'', ''infinity''', '_period_range_check', '[S-18.8] a period without an end'),
        ('''w'', 2, ''elite'', ''active'', ''sub_1'', now()', 'subscriptions_stripe_subscription_id_key',
            '[S-18.4] [S-F19] a Stripe id of another person')
) AS wrong (arguments, rule, number);
SELECT throws_ok(
    $$ UPDATE saltbitter.users SET subscription_tier = 'free' $$, '42501', NULL, '[S-F11] no job sets a tier by hand'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.subscriptions SET tier = 'elite' $$, '42501', NULL, '[S-18] nor a subscription'
);

-- The end of what was paid for.
SELECT pg_temp.tell('e5', 2, 'elite', 'canceled', 'sub_2', now() + interval '1 day');
SELECT pg_temp.tell('e6', 3, 'elite', 'canceled', 'sub_3', now() - interval '1 hour');
SELECT results_eq(
    'SELECT u.subscription_tier FROM saltbitter.users AS u ORDER BY u.id', $$ VALUES ('premium'), ('elite'), ('free') $$,
    '[S-18.8] who canceled keeps the tier until the end of what was paid for'
);
SET LOCAL ROLE strongroom_runner;
SELECT is(saltbitter.expire_subscriptions(), 1::bigint, '[S-18.8] the job ends what is over');
SELECT is(saltbitter.expire_subscriptions(), 0::bigint, 'and nothing else');
RESET ROLE;
SELECT results_eq(
    'SELECT s.tier, s.stripe_subscription_id FROM saltbitter.subscriptions AS s ORDER BY s.user_id',
    $$ VALUES ('premium', 'sub_1'), ('elite', 'sub_2'), ('free', NULL) $$, '[S-F28] a free tier has no Stripe id'
);
SELECT isnt_empty(
    $$ SELECT FROM kernel.job AS j WHERE j.function_name = 'saltbitter.expire_subscriptions()' AND j.is_enabled $$,
    'the job is run'
);
UPDATE saltbitter.subscriptions SET updated_at = '2020-01-01';
SELECT is(max(updated_at), now(), '[S-18.10] [S-F24] updated_at is kept by the database') FROM saltbitter.subscriptions;

SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT results_eq(
    'SELECT s.tier FROM saltbitter.subscriptions AS s', $$ VALUES ('premium') $$, '[S-F29] one sees the own subscription'
);
SELECT throws_ok(
    'SELECT stripe_customer_id FROM saltbitter.subscriptions', '42501', NULL, '[S-18.5] but not what Stripe calls one'
);
RESET ROLE;
DELETE FROM saltbitter.subscriptions WHERE user_id = pg_temp.id(1);
SELECT is(
    (SELECT subscription_tier FROM saltbitter.users WHERE id = pg_temp.id(1)), 'free', '[S-F11] without one the tier is free'
);

SELECT * FROM finish();
ROLLBACK;
