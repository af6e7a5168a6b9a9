CREATE OR REPLACE FUNCTION chatsphere.sync_subscription(
    p_user_id uuid,
    p_provider_subscription_id text,
    p_event_at timestamptz,
    p_plan_name text,
    p_price_id text,
    p_status text,
    p_period_start timestamptz,
    p_period_end timestamptz,
    p_cancel_at_period_end boolean DEFAULT false
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_event_at CONSTANT timestamptz := kernel.require_passed(p_event_at);
    v_known record;
BEGIN
    -- Events of one account take turns, so that the last one of them to be applied is the newest.
    PERFORM chatsphere.lock_account(p_user_id);
    SELECT s.user_id, s.id, s.provider_event_at, s.status
    INTO v_known
    FROM chatsphere.subscriptions AS s
    WHERE s.provider_subscription_id = p_provider_subscription_id;
    IF NOT FOUND THEN
        PERFORM chatsphere.make_room(p_user_id, p_provider_subscription_id, p_status);
        INSERT INTO chatsphere.subscriptions (
            user_id, plan_name, price_id, status, current_period_start, current_period_end,
            cancel_at_period_end, provider_subscription_id, provider_event_at
        )
        VALUES (
            p_user_id, p_plan_name, p_price_id, p_status, p_period_start, p_period_end,
            p_cancel_at_period_end, p_provider_subscription_id, v_event_at
        )
        RETURNING user_id, id, provider_event_at, status INTO v_known;
    ELSIF v_known.user_id IS DISTINCT FROM p_user_id THEN
        PERFORM chatsphere.refuse_subscription();
    -- A provider counts in seconds: what is paid for in the second in which it began, runs.
    ELSIF v_known.provider_event_at < v_event_at
        OR v_known.provider_event_at = v_event_at
        AND v_known.status = 'incomplete'
        AND p_status <> 'incomplete'
    THEN
        PERFORM chatsphere.make_room(p_user_id, p_provider_subscription_id, p_status);
        UPDATE chatsphere.subscriptions AS s
        SET plan_name = p_plan_name,
            price_id = p_price_id,
            status = p_status,
            current_period_start = p_period_start,
            current_period_end = p_period_end,
            cancel_at_period_end = p_cancel_at_period_end,
            provider_event_at = v_event_at
        WHERE s.user_id = v_known.user_id AND s.id = v_known.id;
    END IF;
    RETURN v_known.id;
END;
$$;

COMMENT ON FUNCTION chatsphere.sync_subscription(
    uuid, text, timestamptz, text, text, text, timestamptz, timestamptz, boolean
) IS
'The webhook of the payment provider: what it says of a subscription, by the provider''s own id; the
key of our row. The same event twice changes nothing, and so does one that is older than what is
known, or of the same moment, unless what is known is incomplete. The tier of the account follows. Who
bought another one while the first was not to renew goes over to it at once. An event that is said to
have happened more than five minutes from now is refused: it would keep out what follows.
Raises SP002 UnknownAccount, SP005 SubscriptionIsOver, SP006 SubscriptionOfAnother, KR140 MomentAhead.
@nonnull';

ALTER FUNCTION chatsphere.sync_subscription(
    uuid, text, timestamptz, text, text, text, timestamptz, timestamptz, boolean
)
OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.sync_subscription(
    uuid, text, timestamptz, text, text, text, timestamptz, timestamptz, boolean
)
TO chatsphere_worker;
