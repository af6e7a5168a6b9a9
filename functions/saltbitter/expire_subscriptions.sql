CREATE OR REPLACE FUNCTION saltbitter.expire_subscriptions()
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
    UPDATE saltbitter.subscriptions AS s
    SET tier = 'free',
        stripe_subscription_id = NULL,
        current_period_start = NULL,
        current_period_end = NULL
    WHERE s.user_id = ANY (
        ARRAY(
            SELECT due.user_id
            FROM saltbitter.subscriptions AS due
            WHERE due.status = 'canceled' AND due.tier <> 'free' AND due.current_period_end <= now()
            ORDER BY due.current_period_end
            LIMIT 1000
            FOR UPDATE SKIP LOCKED
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION saltbitter.expire_subscriptions() IS
'A job: takes canceled subscriptions back to the free tier when what was paid for is over. One
batch; returns how many. Several may run at once.
@nonnull';

GRANT EXECUTE ON FUNCTION saltbitter.expire_subscriptions() TO strongroom_runner;
