CREATE OR REPLACE FUNCTION chatsphere.end_subscriptions()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    WITH due AS (
        SELECT s.user_id, s.id
        FROM chatsphere.subscriptions AS s
        WHERE s.cancel_at_period_end
          AND s.status IN ('trialing', 'active', 'past_due')
          AND s.current_period_end <= now() - interval '1 day'
        ORDER BY s.current_period_end
        LIMIT 500
        FOR UPDATE SKIP LOCKED
    )
    UPDATE chatsphere.subscriptions AS s
    SET status = 'canceled'
    FROM due
    WHERE s.user_id = due.user_id AND s.id = due.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION chatsphere.end_subscriptions() IS
'A job: ends subscriptions that were not to renew, a day after their period is over, should the
provider''s event not come. One batch; returns how many.';

GRANT EXECUTE ON FUNCTION chatsphere.end_subscriptions() TO strongroom_runner;
