-- Let what is paid for while a subscription runs wait for its end, and note what went back.
-- depends: 0110.persona.read-literals-alike
-- locks: ACCESS EXCLUSIVE on persona.subscriptions, for an instant: a column without a value, CHECKs that
-- look at no row yet

ALTER TABLE persona.subscriptions
    ADD COLUMN refunded_at timestamptz,
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT subscriptions_status_check,
    ADD CONSTRAINT subscriptions_status_check
        CHECK (status IN ('active', 'cancelled', 'expired', 'upcoming')) NOT VALID,
    -- What waits was paid for, and begins later.
    ADD CONSTRAINT subscriptions_upcoming_check CHECK (
        status <> 'upcoming' OR payment_reference IS NOT NULL AND expires_at IS NOT NULL
    ) NOT VALID,
    -- Only money that came goes back, and who has it back is not served for it.
    ADD CONSTRAINT subscriptions_refunded_check CHECK (
        refunded_at IS NULL
        OR payment_reference IS NOT NULL AND status IN ('cancelled', 'expired')
    ) NOT VALID;

COMMENT ON TABLE persona.subscriptions IS
'Who has subscribed to what, and had before; a row a payment. One that is paid for while another
runs waits, and begins when that one is over. A row is active until it is cancelled or over; a
cancelled one runs to the end of what was paid for, unless the money went back.
@row Subscription
@rows 1M';
COMMENT ON COLUMN persona.subscriptions.status IS
'upcoming: waits for the end of the one before. active: runs. cancelled: not to be renewed, by the
person, or paid back. expired: over.
@internal';
COMMENT ON COLUMN persona.subscriptions.refunded_at IS
'When the money went back, all of it; then it serves no more.
@personal payment
@erase delete';
COMMENT ON INDEX persona.subscriptions_active_key IS
'@error SubscriptionRuns One subscription runs at a time; a free one begins when it is over.';

-- A tag is one line: the error had no name.
COMMENT ON CONSTRAINT app_settings_private_cache_ttl_check ON persona.app_settings IS
'@error PrivateCacheTtlOutOfRange Answers to one person are kept for a second to 30 days.';

GRANT SELECT (refunded_at) ON persona.subscriptions TO persona_app;
GRANT
    INSERT (started_at, status),
    UPDATE (started_at, expires_at, refunded_at)
ON persona.subscriptions TO persona_definer;

SELECT kernel.enable_audit('persona.subscriptions');
SELECT kernel.masked_view('persona.subscriptions');
