CREATE OR REPLACE FUNCTION saltbitter.set_subscription(
    p_event_id text,
    p_user_id uuid,
    p_tier text,
    p_status text,
    p_stripe_subscription_id text,
    p_stripe_customer_id text,
    p_period_start timestamptz,
    p_period_end timestamptz,
    p_provider_at timestamptz
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_provider_at CONSTANT timestamptz := kernel.require_passed(p_provider_at);
BEGIN
    IF NOT EXISTS (
        SELECT FROM saltbitter.users AS u WHERE u.id = p_user_id AND u.erased_at IS NULL
    ) THEN
        PERFORM saltbitter.refuse_person();
    END IF;
    IF NOT saltbitter.claim_webhook(p_event_id, 'subscription') THEN
        RETURN false;
    END IF;
    -- The provider's messages may overtake each other: what is older changes nothing. Nor does the
    -- end of a subscription that another one has taken the place of.
    INSERT INTO saltbitter.subscriptions AS s (
        user_id, tier, status, stripe_subscription_id, stripe_customer_id, current_period_start,
        current_period_end, provider_at
    )
    VALUES (
        p_user_id, p_tier, p_status, p_stripe_subscription_id, p_stripe_customer_id,
        p_period_start, p_period_end, v_provider_at
    )
    ON CONFLICT (user_id) DO UPDATE
    SET tier = excluded.tier,
        status = excluded.status,
        stripe_subscription_id = excluded.stripe_subscription_id,
        stripe_customer_id = excluded.stripe_customer_id,
        current_period_start = excluded.current_period_start,
        current_period_end = excluded.current_period_end,
        provider_at = excluded.provider_at
    WHERE s.provider_at <= excluded.provider_at
      AND (
          s.status <> 'canceled'
          AND excluded.status IN ('canceled', 'past_due')
          AND s.stripe_subscription_id <> excluded.stripe_subscription_id
      ) IS NOT TRUE;
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION saltbitter.set_subscription(
    text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz
) IS
'What the provider''s webhook tells of a subscription. True where it took effect; false where the
message was told before, something newer is known, or it is the end of a subscription that another
one has taken the place of. What is said to have happened more than five minutes from now is refused: it
would keep out what follows. Raises SB010 UnknownPerson, KR140 MomentAhead.
@nonnull';

ALTER FUNCTION saltbitter.set_subscription(
    text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz
) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.set_subscription(
    text, uuid, text, text, text, text, timestamptz, timestamptz, timestamptz
) TO saltbitter_worker;
