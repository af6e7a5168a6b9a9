CREATE TABLE saltbitter.subscriptions (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tier text NOT NULL,
    stripe_subscription_id text,
    stripe_customer_id text,
    status text NOT NULL,
    current_period_start timestamptz,
    current_period_end timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    provider_at timestamptz NOT NULL,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT subscriptions_user_id_key UNIQUE (user_id),
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT subscriptions_tier_check CHECK (tier IN ('free', 'premium', 'elite')),
    CONSTRAINT subscriptions_status_check
        CHECK (status IN ('active', 'canceled', 'past_due', 'trialing')),
    CONSTRAINT subscriptions_period_check CHECK (current_period_end > current_period_start),
    CONSTRAINT subscriptions_period_range_check CHECK (
        current_period_start >= timestamptz '2000-01-01 00:00:00+00'
        AND current_period_end < timestamptz '9999-01-01 00:00:00+00'
    ),
    -- What is paid for has an end and a name at the provider, and what is free has neither.
    CONSTRAINT subscriptions_paid_check CHECK (
        (tier = 'free') = (stripe_subscription_id IS NULL)
        AND (tier = 'free') = (current_period_end IS NULL)
        AND (current_period_start IS NULL) = (current_period_end IS NULL)
    ),
    CONSTRAINT subscriptions_stripe_ids_length_check CHECK (
        length(stripe_subscription_id) BETWEEN 1 AND 255
        AND length(stripe_customer_id) BETWEEN 1 AND 255
    )
);

-- Across all people: what the provider names once is one subscription.
CREATE UNIQUE INDEX subscriptions_stripe_subscription_id_key
ON saltbitter.subscriptions (stripe_subscription_id)
WHERE stripe_subscription_id IS NOT NULL;

CREATE UNIQUE INDEX subscriptions_stripe_customer_id_key
ON saltbitter.subscriptions (stripe_customer_id)
WHERE stripe_customer_id IS NOT NULL;

CREATE INDEX subscriptions_status_idx
ON saltbitter.subscriptions (status, current_period_end)
WHERE tier <> 'free';

COMMENT ON TABLE saltbitter.subscriptions IS
'What people pay for by the month: one a person. It is what users.subscription_tier follows.
@row Subscription
@rows 1M';
COMMENT ON COLUMN saltbitter.subscriptions.user_id IS
'Whose.
@internal';
COMMENT ON COLUMN saltbitter.subscriptions.id IS
'The subscription.
@internal';
COMMENT ON COLUMN saltbitter.subscriptions.tier IS
'What is paid for.
@personal subscription
@erase delete
@mask keep';
COMMENT ON COLUMN saltbitter.subscriptions.stripe_subscription_id IS
'What Stripe calls it; NULL for the free tier.
@personal identifier
@erase delete
@mask hide';
COMMENT ON COLUMN saltbitter.subscriptions.stripe_customer_id IS
'What Stripe calls the person.
@personal identifier
@erase delete
@mask hide';
COMMENT ON COLUMN saltbitter.subscriptions.status IS
'How it stands with the provider.
@personal subscription
@erase delete
@mask keep';
COMMENT ON COLUMN saltbitter.subscriptions.current_period_start IS
'When the time that is paid for began.
@personal subscription
@erase delete';
COMMENT ON COLUMN saltbitter.subscriptions.current_period_end IS
'When it ends.
@personal subscription
@erase delete';
COMMENT ON COLUMN saltbitter.subscriptions.created_at IS
'When the person first subscribed.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.subscriptions.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN saltbitter.subscriptions.provider_at IS
'When what stands here happened at the provider: what is older changes nothing.
@internal';
COMMENT ON CONSTRAINT subscriptions_period_check ON saltbitter.subscriptions IS
'@error PeriodInvalid A period ends after it begins.';
COMMENT ON CONSTRAINT subscriptions_paid_check ON saltbitter.subscriptions IS
'@error SubscriptionInvalid A paid tier has an end and a Stripe id, the free one neither.';
COMMENT ON INDEX saltbitter.subscriptions_stripe_subscription_id_key IS
'@error SubscriptionOfAnother The subscription belongs to another person.';
COMMENT ON INDEX saltbitter.subscriptions_stripe_customer_id_key IS
'@error CustomerOfAnother The customer of the provider is another person.';

ALTER TABLE saltbitter.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.subscriptions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.subscriptions
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.subscriptions
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.subscriptions
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.subscriptions
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.subscriptions
FOR INSERT TO saltbitter_definer WITH CHECK (true);
CREATE POLICY update_definer ON saltbitter.subscriptions
FOR UPDATE TO saltbitter_definer USING (true) WITH CHECK (true);

GRANT SELECT (user_id, id, tier, status, current_period_start, current_period_end, created_at)
ON saltbitter.subscriptions TO saltbitter_app;
GRANT SELECT ON saltbitter.subscriptions TO saltbitter_worker;
GRANT
    SELECT,
    INSERT (
        user_id, tier, stripe_subscription_id, stripe_customer_id, status, current_period_start,
        current_period_end, provider_at
    ),
    UPDATE (
        tier, stripe_subscription_id, stripe_customer_id, status, current_period_start,
        current_period_end, provider_at
    )
ON saltbitter.subscriptions TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.subscriptions
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.subscriptions IS
'updated_at is not for statements to set.';

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('saltbitter_expire_subscriptions', 'saltbitter.expire_subscriptions()', '10 minutes')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.subscriptions');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.subscriptions');
