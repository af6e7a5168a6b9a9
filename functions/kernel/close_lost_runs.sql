CREATE OR REPLACE FUNCTION kernel.close_lost_runs()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_open record;
    v_count bigint := 0;
BEGIN
    FOR v_open IN
        SELECT r.id, j.id AS job_id
        FROM kernel.job_run AS r
        JOIN kernel.job AS j ON j.name = r.job
        WHERE r.outcome = 'running'
        ORDER BY r.id
    LOOP
        -- Who runs it holds the lock. Under the lock we look again: it may have ended meanwhile.
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(kernel.lock_space('job'), v_open.job_id);
        CONTINUE WHEN NOT EXISTS (
            SELECT FROM kernel.job_run AS r WHERE r.id = v_open.id AND r.outcome = 'running'
        );
        PERFORM kernel.end_job_run(v_open.id, 'lost');
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.close_lost_runs() IS
'Closes as lost the runs whose runner is gone; returns how many. Not for a session that is amid a run.';

GRANT EXECUTE ON FUNCTION kernel.close_lost_runs() TO strongroom_runner;
