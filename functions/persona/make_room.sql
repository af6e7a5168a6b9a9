CREATE OR REPLACE FUNCTION persona.make_room(p_user_id bigint, p_price numeric)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_paid_until timestamptz;
BEGIN
    -- What is over makes room, whether or not the job has seen it.
    PERFORM persona.roll_subscriptions(ARRAY[p_user_id]);
    IF p_price > 0 THEN
        -- And so does what has no end, which costs nothing.
        UPDATE persona.subscriptions AS s
        SET status = 'cancelled',
            cancelled_at = pg_catalog.now()
        WHERE s.user_id = p_user_id AND s.status = 'active' AND s.expires_at IS NULL;
    END IF;
    SELECT max(s.expires_at)
    INTO v_paid_until
    FROM persona.subscriptions AS s
    WHERE s.user_id = p_user_id
      AND s.refunded_at IS NULL
      AND s.expires_at > pg_catalog.now();
    IF v_paid_until IS NOT NULL AND p_price = 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'unique_violation',
            SCHEMA = 'persona',
            TABLE = 'subscriptions',
            CONSTRAINT = 'subscriptions_active_key',
            MESSAGE = 'the person has a subscription that runs',
            DETAIL = 'What costs nothing does not wait for what was paid for.',
            HINT = 'Begin it when that one is over.';
    END IF;
    RETURN coalesce(v_paid_until, pg_catalog.now());
END;
$$;

COMMENT ON FUNCTION persona.make_room(bigint, numeric) IS
'From when on a subscription of this price can run: now, or from the end of what is paid for. One
without an end gives way to one that is paid for. Whoever calls has locked the person. A violation of
subscriptions_active_key for one that costs nothing beside another.';

GRANT EXECUTE ON FUNCTION persona.make_room(bigint, numeric) TO persona_definer;
