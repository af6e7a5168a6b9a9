CREATE TABLE persona.subscriptions (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    plan text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz,
    status text NOT NULL DEFAULT 'active',
    metadata jsonb NOT NULL DEFAULT '{}',
    price numeric(14, 2) NOT NULL,
    currency persona.currency NOT NULL,
    payment_reference text,
    cancelled_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    refunded_at timestamptz,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT subscriptions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT subscriptions_plan_fkey FOREIGN KEY (plan)
        REFERENCES persona.plans (plan) ON DELETE RESTRICT,
    CONSTRAINT subscriptions_status_check
        CHECK (status IN ('active', 'cancelled', 'expired', 'upcoming')),
    CONSTRAINT subscriptions_window_check CHECK (expires_at > started_at),
    CONSTRAINT subscriptions_price_check CHECK (price BETWEEN 0 AND 1000000),
    -- What was paid for was paid by something, and ends.
    CONSTRAINT subscriptions_payment_check
        CHECK (price = 0 OR payment_reference IS NOT NULL AND expires_at IS NOT NULL),
    CONSTRAINT subscriptions_payment_reference_length_check
        CHECK (length(payment_reference) BETWEEN 1 AND 255),
    CONSTRAINT subscriptions_expired_check CHECK (status <> 'expired' OR expires_at IS NOT NULL),
    CONSTRAINT subscriptions_cancelled_check
        CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
    CONSTRAINT subscriptions_metadata_check CHECK (jsonb_typeof(metadata) = 'object'),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT subscriptions_range_check CHECK (
        started_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
        AND expires_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    -- What waits was paid for, and begins later.
    CONSTRAINT subscriptions_upcoming_check CHECK (
        status <> 'upcoming' OR payment_reference IS NOT NULL AND expires_at IS NOT NULL
    ),
    -- Only money that came goes back, and who has it back is not served for it.
    CONSTRAINT subscriptions_refunded_check CHECK (
        refunded_at IS NULL
        OR payment_reference IS NOT NULL AND status IN ('cancelled', 'expired')
    )
);

-- One that runs at a time.
CREATE UNIQUE INDEX subscriptions_active_key ON persona.subscriptions (user_id)
WHERE status = 'active';

-- Across all people: one payment at the provider pays for one subscription.
CREATE UNIQUE INDEX subscriptions_payment_reference_key
ON persona.subscriptions (payment_reference)
WHERE payment_reference IS NOT NULL;

CREATE INDEX subscriptions_expires_at_idx ON persona.subscriptions (expires_at)
WHERE status = 'active';

CREATE INDEX subscriptions_plan_idx ON persona.subscriptions (plan);

-- For the job that begins what waited.
CREATE INDEX subscriptions_upcoming_idx ON persona.subscriptions (started_at)
WHERE status = 'upcoming';

COMMENT ON TABLE persona.subscriptions IS
'Who has subscribed to what, and had before; a row a payment. One that is paid for while another
runs waits, and begins when that one is over. A row is active until it is cancelled or over; a
cancelled one runs to the end of what was paid for, unless the money went back.
@row Subscription
@rows 1M';
COMMENT ON COLUMN persona.subscriptions.id IS
'Number of the subscription, rising with time.
@internal';
COMMENT ON COLUMN persona.subscriptions.user_id IS
'Whose.
@internal';
COMMENT ON COLUMN persona.subscriptions.plan IS
'To what.
@personal subscription
@erase delete';
COMMENT ON COLUMN persona.subscriptions.started_at IS
'From when on.
@personal subscription
@erase delete';
COMMENT ON COLUMN persona.subscriptions.expires_at IS
'Until when; NULL: without an end.
@personal subscription
@erase delete';
COMMENT ON COLUMN persona.subscriptions.status IS
'upcoming: waits for the end of the one before. active: runs. cancelled: not to be renewed, by the
person, or paid back. expired: over.
@internal';
COMMENT ON COLUMN persona.subscriptions.metadata IS
'What the gateway said of the payment. Its reference has a column of its own.
@personal payment
@erase delete';
COMMENT ON COLUMN persona.subscriptions.price IS
'What was paid, whole.
@personal payment
@erase delete';
COMMENT ON COLUMN persona.subscriptions.currency IS
'What it was paid in.
@personal payment
@erase delete';
COMMENT ON COLUMN persona.subscriptions.payment_reference IS
'What the gateway calls the payment; unique across people. NULL where nothing was paid.
@personal payment
@erase delete';
COMMENT ON COLUMN persona.subscriptions.cancelled_at IS
'When the person cancelled it.
@personal subscription
@erase delete';
COMMENT ON COLUMN persona.subscriptions.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN persona.subscriptions.refunded_at IS
'When the money went back, all of it; then it serves no more.
@personal payment
@erase delete';
COMMENT ON INDEX persona.subscriptions_active_key IS
'@error SubscriptionRuns One subscription runs at a time; a free one begins when it is over.';
COMMENT ON CONSTRAINT subscriptions_window_check ON persona.subscriptions IS
'@error SubscriptionWindow A subscription ends after it begins.';
COMMENT ON CONSTRAINT subscriptions_payment_check ON persona.subscriptions IS
'@error SubscriptionUnpaid What costs something has a payment reference and an end.';
COMMENT ON CONSTRAINT subscriptions_payment_reference_length_check ON persona.subscriptions IS
'@error PaymentReferenceLength A payment reference has 1 to 255 characters.';
COMMENT ON CONSTRAINT subscriptions_metadata_check ON persona.subscriptions IS
'@error MetadataNotAnObject What the gateway said is a JSON object.';

ALTER TABLE persona.subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.subscriptions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.subscriptions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.subscriptions
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.subscriptions
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_worker ON persona.subscriptions
FOR SELECT TO persona_worker USING (true);
CREATE POLICY select_definer ON persona.subscriptions
FOR SELECT TO persona_definer USING (true);
CREATE POLICY insert_definer ON persona.subscriptions
FOR INSERT TO persona_definer WITH CHECK (true);
CREATE POLICY update_definer ON persona.subscriptions
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

-- What the gateway said is for those who settle a dispute.
GRANT SELECT (
    id, user_id, plan, started_at, expires_at, status, price, currency, payment_reference,
    cancelled_at, updated_at, refunded_at
)
ON persona.subscriptions TO persona_app;
GRANT SELECT ON persona.subscriptions TO persona_worker;
GRANT
    SELECT,
    INSERT (
        user_id, plan, started_at, expires_at, status, metadata, price, currency, payment_reference
    ),
    UPDATE (started_at, expires_at, status, cancelled_at, refunded_at)
ON persona.subscriptions TO persona_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.subscriptions
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.subscriptions IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.subscriptions');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('persona.subscriptions');

-- For the job.
GRANT USAGE ON SCHEMA persona TO strongroom_runner;

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('persona_expire_subscriptions', 'persona.expire_subscriptions()', '5 minutes')
ON CONFLICT DO NOTHING;
