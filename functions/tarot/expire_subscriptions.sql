CREATE OR REPLACE FUNCTION tarot.expire_subscriptions(
    p_limit integer DEFAULT 1000,
    p_now timestamptz DEFAULT CURRENT_TIMESTAMP
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count integer;
BEGIN
    PERFORM tarot.require_job_arguments(p_limit, p_now, '0');
    UPDATE tarot.users AS u
    SET subscription_tier = 'basic',
        subscription_expires_at = NULL
    WHERE u.id = ANY (
        ARRAY(
            SELECT due.id
            FROM tarot.users AS due
            WHERE due.subscription_tier <> 'basic'
              AND due.is_active
              AND due.subscription_expires_at <= p_now
            ORDER BY due.subscription_expires_at
            LIMIT p_limit
            FOR UPDATE SKIP LOCKED
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION tarot.expire_subscriptions(integer, timestamptz) IS
'One batch of the job that takes paid tiers back to basic when they end; returns how many. The job
calls it until it returns 0. Several may run at once.
Raises TR014 InvalidJobArgument.
@nonnull';

ALTER FUNCTION tarot.expire_subscriptions(integer, timestamptz) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.expire_subscriptions(integer, timestamptz) TO tarot_worker;
