CREATE OR REPLACE FUNCTION persona.roll_subscriptions(p_user_ids bigint[])
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    -- Of the clock: whoever waited for another has an older transaction.
    v_now CONSTANT timestamptz := pg_catalog.clock_timestamp();
    v_ended bigint;
    v_begun bigint;
BEGIN
    UPDATE persona.subscriptions AS s
    SET status = 'expired'
    WHERE s.user_id = ANY (p_user_ids)
      AND s.status IN ('active', 'upcoming')
      AND s.expires_at <= v_now;
    GET DIAGNOSTICS v_ended = ROW_COUNT;
    UPDATE persona.subscriptions AS s
    SET status = 'active'
    WHERE s.user_id = ANY (p_user_ids)
      AND s.status = 'upcoming'
      AND s.started_at <= v_now
      AND NOT EXISTS (
          SELECT FROM persona.subscriptions AS o WHERE o.user_id = s.user_id AND o.status = 'active'
      );
    GET DIAGNOSTICS v_begun = ROW_COUNT;
    RETURN v_ended + v_begun;
END;
$$;

COMMENT ON FUNCTION persona.roll_subscriptions(bigint[]) IS
'Says of subscriptions of these people that are over that they are, and begins those that waited for
it; how many. Whoever calls has locked the people.';

GRANT EXECUTE ON FUNCTION persona.roll_subscriptions(bigint[]) TO persona_definer;
