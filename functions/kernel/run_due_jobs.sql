CREATE OR REPLACE FUNCTION kernel.run_due_jobs(
    p_limit integer DEFAULT NULL,
    p_now timestamptz DEFAULT pg_catalog.now()
)
RETURNS TABLE (job text, outcome text, batches integer, done bigint, error_code text)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_due record;
    v_run bigint;
    v_until timestamptz;
    v_runs integer := 0;
    v_end text;
BEGIN
    PERFORM kernel.close_lost_runs();
    FOR v_due IN SELECT d.job, d.timeout FROM kernel.due_jobs(p_now) AS d LOOP
        EXIT WHEN v_runs >= p_limit;
        v_run := kernel.begin_job_run(v_due.job, p_now);
        CONTINUE WHEN v_run IS NULL;
        v_runs := v_runs + 1;
        v_until := clock_timestamp() + v_due.timeout;
        error_code := NULL;
        -- Whatever goes wrong in a job is written down, and does not take the other jobs along.
        BEGIN
            LOOP
                v_end := CASE WHEN kernel.run_job_batch(v_run) > 0 THEN 'more' ELSE 'done' END;
                EXIT WHEN v_end = 'done' OR clock_timestamp() >= v_until;
            END LOOP;
            -- What was deferred would fail at the end, and take the other jobs along.
            SET CONSTRAINTS ALL IMMEDIATE;
        EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
            v_end := 'failed';
            error_code := SQLSTATE;
        END;
        outcome := kernel.end_job_run(v_run, v_end, error_code);
        SELECT r.job, r.batches, r.done
        INTO job, batches, done
        FROM kernel.job_run AS r
        WHERE r.id = v_run;
        RETURN NEXT;
        -- The timer of a statement goes off once; nothing would stop the next job.
        EXIT WHEN error_code = '57014';
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.run_due_jobs(integer, timestamptz) IS
'Runs what is due at p_now, at most p_limit jobs, in one transaction, and returns what came of each.
A job that fails is undone and written down, and the next one is run. What another runner has is left
to it. A statement_timeout of the caller ends the job that it meets, and the call after it.';

GRANT EXECUTE ON FUNCTION kernel.run_due_jobs(integer, timestamptz) TO strongroom_runner;
