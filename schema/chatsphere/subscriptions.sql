CREATE TABLE chatsphere.subscriptions (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    plan_name text NOT NULL,
    price_id text NOT NULL,
    status text NOT NULL,
    current_period_start timestamptz,
    current_period_end timestamptz,
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    provider_subscription_id text NOT NULL,
    provider_event_at timestamptz NOT NULL,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (user_id, id),
    -- Payments are kept; people are erased by emptying their row, not by deleting it.
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE RESTRICT,
    CONSTRAINT subscriptions_plan_name_fkey FOREIGN KEY (plan_name)
        REFERENCES chatsphere.plans (plan_name) ON DELETE RESTRICT,
    -- Across all accounts: the provider's webhook knows nothing else.
    CONSTRAINT subscriptions_provider_subscription_id_key UNIQUE (provider_subscription_id),
    CONSTRAINT subscriptions_price_id_length_check CHECK (length(price_id) BETWEEN 1 AND 100),
    CONSTRAINT subscriptions_provider_subscription_id_length_check
        CHECK (length(provider_subscription_id) BETWEEN 1 AND 255),
    CONSTRAINT subscriptions_status_check CHECK (
        status IN ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'canceled')
    ),
    CONSTRAINT subscriptions_period_check CHECK (
        (current_period_start IS NULL) = (current_period_end IS NULL)
        AND current_period_start < current_period_end
        AND current_period_start AT TIME ZONE 'UTC' >= timestamp '2000-01-01'
        AND current_period_end AT TIME ZONE 'UTC' < timestamp '9999-01-01'
    ),
    -- Who is served says until when.
    CONSTRAINT subscriptions_running_period_check CHECK (
        status NOT IN ('trialing', 'active', 'past_due') OR current_period_end IS NOT NULL
    )
);

-- One running subscription an account.
CREATE UNIQUE INDEX subscriptions_running_key ON chatsphere.subscriptions (user_id)
WHERE status IN ('trialing', 'active', 'past_due');

CREATE INDEX subscriptions_plan_name_idx ON chatsphere.subscriptions (plan_name);

-- For the job that ends what was canceled.
CREATE INDEX subscriptions_ending_idx ON chatsphere.subscriptions (current_period_end)
WHERE cancel_at_period_end AND status IN ('trialing', 'active', 'past_due');

COMMENT ON TABLE chatsphere.subscriptions IS
'What an account pays for, as the payment provider tells it. The running one decides the tier of
the account. A canceled one stays canceled.
@row Subscription
@rows 200k';
COMMENT ON COLUMN chatsphere.subscriptions.user_id IS
'Whose subscription it is.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.id IS
'Our own key of it.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.plan_name IS
'The plan that is paid for.
@personal subscription
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.price_id IS
'What the provider calls the price.
@personal payment
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.status IS
'incomplete: the first payment is awaited. trialing, active, past_due: the account is served.
unpaid: not served until it pays. canceled: over.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.current_period_start IS
'When the period that is paid for began.
@personal subscription
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.current_period_end IS
'When it ends.
@personal subscription
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.cancel_at_period_end IS
'Whether it ends then, and does not renew.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.created_at IS
'When we first heard of it.
@personal activity
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN chatsphere.subscriptions.provider_subscription_id IS
'What the provider calls it. Unique across accounts.
@personal payment
@erase keep what was paid is kept for the tax office';
COMMENT ON COLUMN chatsphere.subscriptions.provider_event_at IS
'When what the row says happened at the provider: an older event changes nothing.
@internal';
COMMENT ON CONSTRAINT subscriptions_plan_name_fkey ON chatsphere.subscriptions IS
'@error UnknownPlan There is no plan of this name.';
COMMENT ON CONSTRAINT subscriptions_period_check ON chatsphere.subscriptions IS
'@error SubscriptionPeriodInvalid A period has a start and a later end, from the year 2000 on.';
COMMENT ON CONSTRAINT subscriptions_running_period_check ON chatsphere.subscriptions IS
'@error SubscriptionWithoutPeriod A running subscription has a period.';
COMMENT ON INDEX chatsphere.subscriptions_running_key IS
'@error SecondSubscription An account has one running subscription; the other one must end first.';

ALTER TABLE chatsphere.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.subscriptions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.subscriptions
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.subscriptions
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.subscriptions
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.subscriptions
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.subscriptions
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY update_definer ON chatsphere.subscriptions
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT SELECT ON chatsphere.subscriptions TO chatsphere_app, chatsphere_worker;
GRANT
    SELECT,
    INSERT (
        user_id, plan_name, price_id, status, current_period_start, current_period_end,
        cancel_at_period_end, provider_subscription_id, provider_event_at
    ),
    UPDATE (
        plan_name, price_id, status, current_period_start, current_period_end,
        cancel_at_period_end, provider_event_at
    )
ON chatsphere.subscriptions TO chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.subscriptions
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.subscriptions IS
'updated_at is not for statements to set.';

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('chatsphere_end_subscriptions', 'chatsphere.end_subscriptions()', '10 minutes')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('chatsphere.subscriptions');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.subscriptions');
