CREATE OR REPLACE FUNCTION kernel.tend_requests()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_limit CONSTANT integer := 500;
    v_count bigint;
    v_all bigint := 0;
BEGIN
    UPDATE kernel.subject_request AS r
    SET state = 'refused', state_reason = 'not confirmed in time'
    WHERE r.id = ANY (
        ARRAY(
            SELECT late.id
            FROM kernel.subject_request AS late
            WHERE late.state = 'requested' AND late.code_expires_at <= now()
            LIMIT c_limit
            FOR UPDATE SKIP LOCKED
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_all := v_all + v_count;

    UPDATE kernel.subject_request AS r
    SET state = 'approved'
    WHERE r.id = ANY (
        ARRAY(
            SELECT free.id
            FROM kernel.subject_request AS free
            WHERE free.state = 'held'
              AND kernel.is_erasure_free(free.id, free.app, free.subject)
            LIMIT c_limit
            FOR UPDATE SKIP LOCKED
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_all := v_all + v_count;

    DELETE FROM kernel.erasure_evidence AS e
    WHERE e.id = ANY (
        ARRAY(
            SELECT old.id
            FROM kernel.erasure_evidence AS old
            WHERE old.keep_until <= now()
            ORDER BY old.keep_until
            LIMIT c_limit
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_all := v_all + v_count + kernel.trim_requests(c_limit) + kernel.trim_consents(c_limit);

    BEGIN
        v_count := (
            SELECT coalesce(sum(kernel.refuse_late_writes(a.app)), 0)
            FROM (
                SELECT DISTINCT e.app
                FROM kernel.erased_subject AS e
                WHERE e.erased_at IS NOT NULL AND e.app IN (SELECT kernel.app_schemas())
            ) AS a
        );
    EXCEPTION
        WHEN lock_not_available OR deadlock_detected THEN
            -- Tables that came lately wait for the next run.
            v_count := 0;
    END;
    RETURN v_all + v_count;
END;
$$;

COMMENT ON FUNCTION kernel.tend_requests() IS
'A job, one batch: refuses requests that nobody confirmed in time, lets those go on that waited for a
legal hold that is over, removes evidence, requests, and consents of people who were erased, whose
three years are over, and has tables that came later keep erased people out; how many.';

GRANT EXECUTE ON FUNCTION kernel.tend_requests() TO strongroom_runner;
