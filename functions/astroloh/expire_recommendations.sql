CREATE OR REPLACE FUNCTION astroloh.expire_recommendations()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_limit CONSTANT integer := 5000;
    v_count bigint;
BEGIN
    WITH due AS (
        SELECT r.user_id, r.id
        FROM astroloh.recommendations AS r
        WHERE r.status IN ('active', 'shown') AND r.expires_at <= now()
        ORDER BY r.expires_at
        LIMIT c_limit
        FOR UPDATE SKIP LOCKED
    )
    UPDATE astroloh.recommendations AS r
    SET status = 'expired'
    FROM due
    WHERE r.user_id = due.user_id AND r.id = due.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION astroloh.expire_recommendations() IS
'A job: marks recommendations that are past their time as expired. One batch; returns how many.
Several may run at once.
@nonnull';

GRANT EXECUTE ON FUNCTION astroloh.expire_recommendations() TO strongroom_runner;
