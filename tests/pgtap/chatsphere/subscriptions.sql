-- Subscriptions: what the provider tells, and the tier that follows.
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
    WHERE a.attrelid = 'chatsphere.subscriptions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('plan_name', 'text', true, NULL),
        ('price_id', 'text', true, NULL),
        ('status', 'text', true, NULL),
        ('current_period_start', 'timestamp with time zone', false, NULL),
        ('current_period_end', 'timestamp with time zone', false, NULL),
        ('cancel_at_period_end', 'boolean', true, 'false'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('provider_subscription_id', 'text', true, NULL),
        ('provider_event_at', 'timestamp with time zone', true, NULL)
    $$,
    '[C-11.1..C-11.10] [C-F14] subscriptions has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.subscriptions'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('subscriptions_plan_name_fkey', 'chatsphere.plans', 'r', 'plan_name'),
        ('subscriptions_user_id_fkey', 'chatsphere.users', 'r', 'user_id')
    $$,
    '[C-11.2] [C-F15] what subscriptions refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'subscriptions'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX subscriptions_ending_idx ON chatsphere.subscriptions USING btree '
            '(current_period_end) WHERE (cancel_at_period_end AND (status = ANY (ARRAY[''trialing''::text, ''active''::text, ''past_due''::text])))'),
        ('CREATE UNIQUE INDEX subscriptions_pkey ON chatsphere.subscriptions USING btree '
            '(user_id, id)'),
        ('CREATE INDEX subscriptions_plan_name_idx ON chatsphere.subscriptions USING btree '
            '(plan_name)'),
        ('CREATE UNIQUE INDEX subscriptions_provider_subscription_id_key ON '
            'chatsphere.subscriptions USING btree (provider_subscription_id)'),
        ('CREATE UNIQUE INDEX subscriptions_running_key ON chatsphere.subscriptions USING '
            'btree (user_id) WHERE (status = ANY (ARRAY[''trialing''::text, ''active''::text, ''past_due''::text]))')
    $$,
    '[C-11.11] [C-F19] [C-F13] subscriptions has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(
    $$ SELECT chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's1', now(), 'pro', 'p', 'active', now(), now() + interval '1 month'
    ) $$,
    '42501', NULL, '[C-F11] nobody subscribes oneself: the provider''s webhook does'
);
SET LOCAL ROLE chatsphere_worker;
SELECT lives_ok(
    $$ SELECT set_config('test.s1', chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's1', '2026-01-02', 'pro', 'p', 'active', now(), now() + interval '1 month'
    )::text, true) $$,
    '[C-F19] the webhook tells of a subscription'
);
SELECT results_eq(
    'SELECT email, subscription_tier, usage_limit FROM chatsphere.users ORDER BY email',
    $$ VALUES ('ann@example.org', 'pro', 100000), ('bob@example.org', 'free', 1000) $$,
    '[C-F19] the tier and the limit of the account follow, of this account'
);
SELECT is(
    chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's1', '2026-01-02', 'free', 'p', 'canceled', NULL, NULL
    )::text,
    current_setting('test.s1'), 'the same event again is answered with the same key'
);
SELECT is(
    chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's1', '2026-01-01', 'free', 'p', 'canceled', NULL, NULL
    )::text,
    current_setting('test.s1'), 'and so is an older one'
);
SELECT results_eq(
    'SELECT plan_name, status FROM chatsphere.subscriptions', $$ VALUES ('pro', 'active') $$, 'which change nothing'
);
SELECT throws_ok(
    $$ SELECT chatsphere.sync_subscription(
        current_setting('test.bob')::uuid, 's1', '2026-01-03', 'pro', 'p', 'active', now(), now() + interval '1 month'
    ) $$,
    'SP006', NULL, '[C-F19] a subscription stays with its account'
);
SELECT throws_matching(
    $$ SELECT chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's2', now(), 'pro', 'p', 'trialing', now(), now() + interval '1 month'
    ) $$,
    'subscriptions_running_key', '[C-F19] an account has one running subscription'
);
SELECT throws_ok(
    format(
        $$ SELECT chatsphere.sync_subscription(
            current_setting('test.ann')::uuid, 's1', %L, 'pro', 'p', 'active', now(), now() + interval '1 month'
        ) $$,
        ahead
    ),
    'KR140', NULL, format('[C-11] [C-F19] what is said to happen %s is refused: it would keep out what follows', ahead)
)
FROM unnest(ARRAY[clock_timestamp() + interval '6 minutes', '2100-01-01', 'infinity']) AS ahead;
SELECT throws_matching(
    format(
        $$ SELECT chatsphere.sync_subscription(
            current_setting('test.bob')::uuid, %L, now(), %L, %L, %L, %L, %L
        ) $$,
        wrong.id, wrong.plan, wrong.price, wrong.status, wrong.since, wrong.until
    ),
    wrong.rule, '[C-F17] no subscription: ' || wrong.rule || ' ' || wrong.what
)
FROM (
    VALUES
        ('s', 'gold', 'p', 'active', '2026-01-01', '2026-02-01', 'subscriptions_plan_name_fkey', 'no plan'),
        ('s', 'pro', 'p', 'paid', '2026-01-01', '2026-02-01', 'subscriptions_status_check', 'no status'),
        ('s', 'pro', '', 'active', '2026-01-01', '2026-02-01', 'subscriptions_price_id_length_check', 'no price'),
        ('s', 'pro', 'p', 'active', '2026-02-01', '2026-01-01', 'subscriptions_period_check', 'backwards'),
        ('s', 'pro', 'p', 'active', '2026-02-01', NULL, 'subscriptions_period_check', 'half a period'),
        ('s', 'pro', 'p', 'active', '2026-02-01', 'infinity', 'subscriptions_period_check', 'for ever'),
        ('s', 'pro', 'p', 'active', NULL, NULL, 'subscriptions_running_period_check', 'running without a period'),
        ('', 'pro', 'p', 'active', '2026-01-01', '2026-02-01',
            'subscriptions_provider_subscription_id_length_check', 'nameless')
) AS wrong (id, plan, price, status, since, until, rule, what);
SELECT lives_ok(
    $$ SELECT chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's1', '2026-01-04', 'starter', 'p', 'past_due', now() - interval '2 months',
        now() - interval '2 days', true
    ) $$,
    'a newer event changes it'
);
SELECT is(
    (SELECT subscription_tier FROM chatsphere.users WHERE email = 'ann@example.org'), 'starter',
    '[C-F19] and the tier with it'
);
SELECT throws_ok('UPDATE chatsphere.subscriptions SET status = ''active''', '42501', NULL, 'no job writes it otherwise');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT is(
    chatsphere.end_subscriptions(), 1::bigint,
    'what was not to renew is ended by a job, should the event not come'
);
SELECT is(chatsphere.end_subscriptions(), 0::bigint, 'once');
RESET ROLE;
SELECT results_eq(
    $$ SELECT s.status, u.subscription_tier, u.usage_limit
    FROM chatsphere.subscriptions AS s JOIN chatsphere.users AS u ON u.id = s.user_id $$,
    $$ VALUES ('canceled', 'free', 1000) $$, '[C-F19] and the account is on the free plan again'
);
SET LOCAL ROLE chatsphere_worker;
SELECT throws_ok(
    $$ SELECT chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's1', '2026-01-05', 'pro', 'p', 'active', now(), now() + interval '1 month'
    ) $$,
    'SP005', NULL, '[C-F17] what is over stays over'
);
SELECT lives_ok(
    $$ SELECT chatsphere.sync_subscription(
        current_setting('test.ann')::uuid, 's2', now(), 'pro', 'p', 'active', now(), now() + interval '1 month'
    ) $$,
    'another one may follow'
);
SELECT chatsphere.sync_subscription(
    current_setting('test.bob')::uuid, 's3', '2026-01-06', 'starter', 'p', told.status, now(), now() + interval '1 month'
)
FROM (VALUES ('incomplete'), ('incomplete'), ('active'), ('incomplete')) AS told (status);
SELECT results_eq(
    $$
    SELECT s.status, u.subscription_tier
    FROM chatsphere.subscriptions AS s
    JOIN chatsphere.users AS u ON u.id = s.user_id
    WHERE s.provider_subscription_id = 's3'
    $$,
    $$ VALUES ('active', 'starter') $$, '[C-F19] what is paid for in the second in which it began, runs'
);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is((SELECT count(*) FROM chatsphere.subscriptions), 1::bigint, '[C-F10] nobody sees what others pay for');
RESET ROLE;
UPDATE chatsphere.subscriptions SET updated_at = '2020-01-01';
SELECT results_eq(
    'SELECT DISTINCT updated_at FROM chatsphere.subscriptions', 'SELECT now()', '[C-F21] updated_at is kept'
);
SELECT throws_matching(
    $$ DELETE FROM chatsphere.users WHERE email = 'ann@example.org' $$, 'subscriptions_user_id_fkey',
    '[C-F15] an account that has paid is not deleted'
);
SELECT throws_matching(
    $$ DELETE FROM chatsphere.plans WHERE plan_name = 'pro' $$, '_fkey', '[C-F15] nor a plan that somebody has'
);

-- Who bought another one while the first was not to renew.
RESET ROLE;
SELECT set_config('test.cat', chatsphere.register_user('cat@example.org', '$2b$12$' || repeat('x', 53))::text, true);
CREATE FUNCTION pg_temp.tell(p_id text, p_at timestamptz, p_plan text, p_status text, p_ends boolean DEFAULT false)
RETURNS uuid LANGUAGE sql AS $$
SELECT chatsphere.sync_subscription(
    current_setting('test.cat')::uuid, p_id, p_at, p_plan, 'p', p_status, now(), now() + interval '1 month', p_ends
)
$$;
SET LOCAL ROLE chatsphere_worker;
SELECT pg_temp.tell('c1', now() - interval '1 hour', 'pro', 'active');
SELECT throws_matching(
    $$ SELECT pg_temp.tell('c2', now(), 'starter', 'active') $$, 'subscriptions_running_key', '[C-F19] what renews is not ended by another one'
);
SELECT pg_temp.tell('c1', now() + interval '4 minutes', 'pro', 'active', true);
SELECT pg_temp.tell('c2', now(), 'starter', 'incomplete');
SELECT results_eq(
    $$ SELECT s.status FROM chatsphere.subscriptions AS s WHERE s.provider_subscription_id LIKE 'c_' ORDER BY s.provider_subscription_id $$,
    $$ VALUES ('active'), ('incomplete') $$, '[C-F19] a clock that is a little ahead is let in; and what nobody has paid yet ends nothing'
);
SELECT pg_temp.tell('c2', now(), 'starter', 'active');
SELECT results_eq(
    $$ SELECT s.status FROM chatsphere.subscriptions AS s WHERE s.provider_subscription_id LIKE 'c_' ORDER BY s.provider_subscription_id $$,
    $$ VALUES ('canceled'), ('active') $$, '[C-11.8] [C-F19] once it is paid, it runs in the place of what was not to renew'
);
SELECT is(
    (SELECT u.subscription_tier FROM chatsphere.users AS u WHERE u.id = current_setting('test.cat')::uuid), 'starter',
    '[C-F19] and the tier is its tier'
);
SELECT lives_ok(
    $$ SELECT pg_temp.tell('c1', now() + interval '5 minutes', 'pro', 'canceled') $$, 'the end of the first, told later, is no error'
);

-- What renews is the provider's to end, however late its event is.
RESET ROLE;
UPDATE chatsphere.subscriptions AS s
SET current_period_start = now() - interval '2 months', current_period_end = now() - interval '1 month'
WHERE s.provider_subscription_id = 'c2';
SET LOCAL ROLE strongroom_runner;
SELECT is(chatsphere.end_subscriptions(), 0::bigint, '[C-11.8] the job ends nothing that renews');
RESET ROLE;
UPDATE chatsphere.subscriptions AS s
SET cancel_at_period_end = true, current_period_end = now() - interval '23 hours'
WHERE s.provider_subscription_id = 'c2';
SET LOCAL ROLE strongroom_runner;
SELECT is(chatsphere.end_subscriptions(), 0::bigint, '[C-11.8] nor what has a day for its event');

SELECT * FROM finish();
ROLLBACK;
