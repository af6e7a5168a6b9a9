CREATE OR REPLACE FUNCTION kernel.run_job_batch(p_run bigint)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_run record;
    v_done bigint;
BEGIN
    SELECT r.job, j.id
    INTO v_run
    FROM kernel.job_run AS r
    JOIN kernel.job AS j ON j.name = r.job
    WHERE r.id = p_run AND r.outcome = 'running';
    IF NOT FOUND OR NOT pg_try_advisory_xact_lock(kernel.lock_space('job'), v_run.id) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR063',
            MESSAGE = format('run %s is not open', coalesce(p_run::text, 'NULL')),
            DETAIL = 'It has ended, or another runner took the job over.',
            HINT = 'Begin another run.';
    END IF;
    PERFORM set_config('kernel.actor', 'job ' || v_run.job, true);
    EXECUTE format('SELECT %s', kernel.job_function(v_run.job)) INTO v_done;
    PERFORM kernel.record_job_batch(p_run, coalesce(v_done, 0));
    RETURN coalesce(v_done, 0);
END;
$$;

COMMENT ON FUNCTION kernel.run_job_batch(bigint) IS
'One batch of an open run, with the rights of the caller and as the actor "job NAME"; returns how much
it did, 0 when nothing is left. Raises KR062 InvalidJobFunction, KR063 RunNotOpen, and what the job''s
function raises.';

GRANT EXECUTE ON FUNCTION kernel.run_job_batch(bigint) TO strongroom_runner;
