-- What waits is active no more than one can be: it ends as cancelled. What went back is not known any more.

UPDATE persona.subscriptions AS s
SET status = 'cancelled',
    cancelled_at = now()
WHERE s.status = 'upcoming';

DROP FUNCTION IF EXISTS persona.refund_subscription(text);
DROP FUNCTION IF EXISTS persona.make_room(bigint, numeric);
DROP FUNCTION IF EXISTS persona.roll_subscriptions(bigint[]);
SELECT kernel.drop_masked_view('persona.subscriptions');
REVOKE INSERT (started_at, status), UPDATE (started_at, expires_at)
ON persona.subscriptions FROM persona_definer;
ALTER TABLE persona.subscriptions
    DROP COLUMN refunded_at,
    DROP CONSTRAINT subscriptions_upcoming_check,
    DROP CONSTRAINT subscriptions_status_check,
    ADD CONSTRAINT subscriptions_status_check
        CHECK (status IN ('active', 'cancelled', 'expired'));
SELECT kernel.enable_audit('persona.subscriptions');
SELECT kernel.masked_view('persona.subscriptions');

COMMENT ON TABLE persona.subscriptions IS
'Who has subscribed to what, and had before. A row is active until it is cancelled or over; then it
stays as it is.
@row Subscription
@rows 1M';
COMMENT ON COLUMN persona.subscriptions.status IS
'active: runs. cancelled: ended by the person. expired: over.
@internal';
COMMENT ON INDEX persona.subscriptions_active_key IS
'@error SubscriptionRuns The person has a subscription that runs; it is cancelled or over first.';
COMMENT ON CONSTRAINT app_settings_private_cache_ttl_check ON persona.app_settings IS
'@error PrivateCacheTtlOutOfRange Answers to one person are kept for a second to 30 days, in days
and shorter units.';
