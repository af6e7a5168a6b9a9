CREATE OR REPLACE FUNCTION persona.refund_subscription(p_payment_reference text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_paid persona.subscriptions;
    v_left interval;
BEGIN
    -- The person first, as whoever begins one.
    PERFORM
    FROM persona.users AS u
    WHERE u.id = (
        SELECT s.user_id
        FROM persona.subscriptions AS s
        WHERE s.payment_reference = p_payment_reference
    )
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB012',
            MESSAGE = 'no subscription has this payment reference',
            DETAIL = 'The reference is compared as it is, upper and lower case matter.',
            HINT = 'Begin it before the gateway can tell of it; if it was, check the reference.';
    END IF;
    SELECT s.*
    INTO STRICT v_paid
    FROM persona.subscriptions AS s
    WHERE s.payment_reference = p_payment_reference;
    IF v_paid.refunded_at IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM persona.roll_subscriptions(ARRAY[v_paid.user_id]);
    UPDATE persona.subscriptions AS s
    SET refunded_at = now(),
        status = CASE s.status WHEN 'expired' THEN 'expired' ELSE 'cancelled' END,
        cancelled_at = CASE WHEN s.status <> 'expired' THEN coalesce(s.cancelled_at, now()) END
    WHERE s.user_id = v_paid.user_id AND s.id = v_paid.id;
    -- What was paid for after it moves up, by seconds: days differ where clocks change.
    v_left := make_interval(
        secs => extract(epoch FROM v_paid.expires_at - greatest(v_paid.started_at, now()))
    );
    UPDATE persona.subscriptions AS s
    SET started_at = s.started_at - v_left,
        expires_at = s.expires_at - v_left
    WHERE s.user_id = v_paid.user_id
      AND s.refunded_at IS NULL
      AND s.started_at >= v_paid.expires_at
      AND s.started_at > now()
      AND v_left > interval '0';
    PERFORM persona.roll_subscriptions(ARRAY[v_paid.user_id]);
    RETURN true;
END;
$$;

COMMENT ON FUNCTION persona.refund_subscription(text) IS
'What the gateway''s webhook tells of a payment that went back, whole: its subscription serves no more,
and what was paid for after it begins as much sooner. False where that was told before.
Raises LB012 UnknownPayment.
@nonnull';

ALTER FUNCTION persona.refund_subscription(text) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.refund_subscription(text) TO persona_worker;
