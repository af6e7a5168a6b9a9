-- Subscriptions, and the book of payments.
-- depends: 0163.saltbitter.create-compliance
-- locks: SHARE ROW EXCLUSIVE on saltbitter.users, for an instant: foreign keys

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

CREATE TABLE saltbitter.payment_types (
    payment_type text NOT NULL,
    description text NOT NULL,
    CONSTRAINT payment_types_pkey PRIMARY KEY (payment_type),
    CONSTRAINT payment_types_payment_type_check CHECK (payment_type ~ '^[a-z][a-z0-9_]{0,49}$')
);

COMMENT ON TABLE saltbitter.payment_types IS
'What people pay for: an open list, which staff add to.
@row PaymentType
@rows 100';
COMMENT ON COLUMN saltbitter.payment_types.payment_type IS
'What is paid for.
@public';
COMMENT ON COLUMN saltbitter.payment_types.description IS
'What is meant, for staff.
@public';

ALTER TABLE saltbitter.payment_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.payment_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.payment_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.payment_types
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.payment_types
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY select_worker ON saltbitter.payment_types
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_analyst ON saltbitter.payment_types
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.payment_types
FOR SELECT TO saltbitter_definer USING (true);

GRANT SELECT ON saltbitter.payment_types
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer;

INSERT INTO saltbitter.payment_types (payment_type, description)
VALUES
    ('subscription', 'A month of a paid tier.'),
    ('profile_boost', 'Being shown first for a while.'),
    ('super_like', 'A like that is seen at once.'),
    ('event_ticket', 'A seat at an event.'),
    ('refund', 'Money that goes back; a row of its own.')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.payment_types');

CREATE TABLE saltbitter.payments (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    amount numeric(12, 2) NOT NULL,
    type text NOT NULL,
    stripe_payment_id text,
    stripe_invoice_id text,
    status text NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    currency text NOT NULL DEFAULT 'USD',
    refunds_id uuid,
    CONSTRAINT payments_pkey PRIMARY KEY (user_id, id),
    -- Records of money are kept; people are erased by emptying their row.
    CONSTRAINT payments_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT payments_type_fkey FOREIGN KEY (type)
        REFERENCES saltbitter.payment_types (payment_type) ON DELETE RESTRICT,
    CONSTRAINT payments_refunds_id_fkey FOREIGN KEY (user_id, refunds_id)
        REFERENCES saltbitter.payments (user_id, id) ON DELETE RESTRICT,
    CONSTRAINT payments_amount_check CHECK (amount > 0),
    CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_status_check
        CHECK (status IN ('succeeded', 'pending', 'failed', 'refunded')),
    CONSTRAINT payments_refund_check CHECK (
        (type = 'refund') = (refunds_id IS NOT NULL) AND (type <> 'refund' OR status = 'succeeded')
    ),
    CONSTRAINT payments_stripe_ids_length_check CHECK (
        length(stripe_payment_id) BETWEEN 1 AND 255
        AND length(stripe_invoice_id) BETWEEN 1 AND 255
    )
);

-- Across all people: a payment at the provider is one row, however often it is told.
CREATE UNIQUE INDEX payments_stripe_payment_id_key ON saltbitter.payments (stripe_payment_id)
WHERE stripe_payment_id IS NOT NULL;

CREATE UNIQUE INDEX payments_stripe_invoice_id_key ON saltbitter.payments (stripe_invoice_id)
WHERE stripe_invoice_id IS NOT NULL;

CREATE INDEX payments_created_at_idx ON saltbitter.payments (created_at);

CREATE INDEX payments_type_idx ON saltbitter.payments (type, created_at);

CREATE INDEX payments_refunds_id_idx ON saltbitter.payments (user_id, refunds_id)
WHERE refunds_id IS NOT NULL;

CREATE INDEX payments_pending_idx ON saltbitter.payments (created_at)
WHERE status = 'pending';

COMMENT ON TABLE saltbitter.payments IS
'The book of payments: nothing leaves it, and of a row only the status moves. A refund is a row of
its own, which names the payment that it pays back. Kept when the person is erased: their row is
empty then, and the payment is nobody''s.
@row Payment
@rows 10M';
COMMENT ON COLUMN saltbitter.payments.user_id IS
'Who paid, or got money back.
@internal';
COMMENT ON COLUMN saltbitter.payments.id IS
'The payment; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.payments.amount IS
'How much, in the currency; more than 0.
@personal payment
@erase keep the tax office wants records of payments';
COMMENT ON COLUMN saltbitter.payments.type IS
'What for.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.stripe_payment_id IS
'What Stripe calls the payment or refund.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.stripe_invoice_id IS
'What Stripe calls the invoice, where there is one.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.status IS
'pending: waits for the provider. succeeded: paid. failed: not paid, may yet be. refunded: paid, and
all of it paid back.
@internal';
COMMENT ON COLUMN saltbitter.payments.created_at IS
'When it was begun.
@personal activity
@erase keep the tax office wants records of payments';
COMMENT ON COLUMN saltbitter.payments.currency IS
'Three letters of ISO 4217.
@personal payment
@erase keep the tax office wants records of payments
@mask hide';
COMMENT ON COLUMN saltbitter.payments.refunds_id IS
'The payment that this one pays back; of refunds only.
@internal';
COMMENT ON CONSTRAINT payments_amount_check ON saltbitter.payments IS
'@error AmountInvalid An amount is more than 0.';
COMMENT ON CONSTRAINT payments_currency_check ON saltbitter.payments IS
'@error CurrencyInvalid A currency is three capital letters.';
COMMENT ON CONSTRAINT payments_type_fkey ON saltbitter.payments IS
'@error UnknownPaymentType Nothing of this kind is paid for here.';

ALTER TABLE saltbitter.payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.payments FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.payments
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.payments
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.payments
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.payments
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.payments
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.payments
FOR INSERT TO saltbitter_definer WITH CHECK (true);
CREATE POLICY update_definer ON saltbitter.payments
FOR UPDATE TO saltbitter_definer USING (true) WITH CHECK (true);

GRANT SELECT ON saltbitter.payments TO saltbitter_app;
GRANT SELECT ON saltbitter.payments TO saltbitter_worker;
GRANT
    SELECT,
    INSERT (
        user_id, amount, type, stripe_payment_id, stripe_invoice_id, status, currency, refunds_id
    ),
    UPDATE (status)
ON saltbitter.payments TO saltbitter_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.payments');

CREATE TABLE saltbitter.webhook_events (
    event_id text NOT NULL,
    kind text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (event_id),
    CONSTRAINT webhook_events_event_id_length_check
        CHECK (length(event_id) BETWEEN 1 AND 255)
);

CREATE INDEX webhook_events_received_at_idx ON saltbitter.webhook_events (received_at);

COMMENT ON TABLE saltbitter.webhook_events IS
'What the payment provider told, by its own number, so that telling it twice does it once. Belongs
to nobody.
@row WebhookEvent
@rows 1M';
COMMENT ON COLUMN saltbitter.webhook_events.event_id IS
'What the provider calls the message.
@internal';
COMMENT ON COLUMN saltbitter.webhook_events.kind IS
'Which function took it.
@internal';
COMMENT ON COLUMN saltbitter.webhook_events.received_at IS
'When.
@internal';
COMMENT ON CONSTRAINT webhook_events_event_id_length_check ON saltbitter.webhook_events IS
'@error WebhookIdLength The number of a message has 1 to 255 characters.';

ALTER TABLE saltbitter.webhook_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.webhook_events FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.webhook_events
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.webhook_events
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_worker ON saltbitter.webhook_events
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.webhook_events
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.webhook_events
FOR INSERT TO saltbitter_definer WITH CHECK (true);

GRANT SELECT ON saltbitter.webhook_events TO saltbitter_worker;
GRANT SELECT, INSERT (event_id, kind) ON saltbitter.webhook_events TO saltbitter_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'saltbitter_webhook_events', 'saltbitter.webhook_events', 'delete', 'received_at', '90 days',
    'A provider repeats a message for days, not for months.'
)
ON CONFLICT DO NOTHING;
