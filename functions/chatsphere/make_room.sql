CREATE OR REPLACE FUNCTION chatsphere.make_room(
    p_user_id uuid,
    p_provider_subscription_id text,
    p_status text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- One that goes on renewing is paid for twice: that is for somebody to look at, and stays.
    UPDATE chatsphere.subscriptions AS s
    SET status = 'canceled'
    WHERE s.user_id = p_user_id
      AND s.provider_subscription_id <> p_provider_subscription_id
      AND s.status IN ('trialing', 'active', 'past_due')
      AND s.cancel_at_period_end
      AND p_status IN ('trialing', 'active', 'past_due');
END;
$$;

COMMENT ON FUNCTION chatsphere.make_room(uuid, text, text) IS
'Before a subscription of an account runs: ends the one that was not to renew, for one runs at a time.';

GRANT EXECUTE ON FUNCTION chatsphere.make_room(uuid, text, text) TO chatsphere_definer;
