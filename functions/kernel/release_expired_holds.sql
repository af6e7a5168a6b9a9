CREATE OR REPLACE FUNCTION kernel.release_expired_holds()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_limit CONSTANT integer := 1000;
    v_count bigint;
BEGIN
    UPDATE kernel.legal_hold AS h
    SET released_at = clock_timestamp(),
        released_by = coalesce(kernel.actor(), session_user),
        released_as = session_user,
        release_reason = 'expired'
    WHERE h.id = ANY (
        ARRAY(
            SELECT due.id
            FROM kernel.legal_hold AS due
            WHERE due.released_at IS NULL AND due.expires_at <= now()
            ORDER BY due.expires_at
            LIMIT c_limit
            FOR UPDATE SKIP LOCKED
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.release_expired_holds() IS
'A job: releases the holds that have expired by the server''s own clock, one batch; how many. A hold
is in force until it is released, so one that this job is late for keeps what it holds.';

GRANT EXECUTE ON FUNCTION kernel.release_expired_holds() TO strongroom_runner;
