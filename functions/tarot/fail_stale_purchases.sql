CREATE OR REPLACE FUNCTION tarot.fail_stale_purchases(
    p_older_than interval DEFAULT '1 day',
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
    PERFORM tarot.require_job_arguments(p_limit, p_now, p_older_than);
    WITH stale AS (
        SELECT t.user_id, t.id
        FROM tarot.transactions AS t
        WHERE t.status = 'pending' AND t.created_at < p_now - p_older_than
        ORDER BY t.created_at
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    )
    UPDATE tarot.transactions AS t
    SET status = 'failed',
        error_message = 'not paid in time'
    FROM stale
    WHERE t.user_id = stale.user_id AND t.id = stale.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION tarot.fail_stale_purchases(interval, integer, timestamptz) IS
'One batch of the job that closes purchases nobody paid for; returns how many. The job calls it
until it returns 0. Several may run at once.
Raises TR014 InvalidJobArgument.
@nonnull';

ALTER FUNCTION tarot.fail_stale_purchases(interval, integer, timestamptz) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.fail_stale_purchases(interval, integer, timestamptz)
TO tarot_worker;
