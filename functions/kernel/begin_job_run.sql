CREATE OR REPLACE FUNCTION kernel.begin_job_run(
    p_job text,
    p_now timestamptz DEFAULT pg_catalog.now(),
    p_is_forced boolean DEFAULT false
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_job record;
    v_run bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM kernel.job AS j WHERE j.name = p_job) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR061',
            MESSAGE = format('no job is named %L', p_job),
            HINT = 'Take the name from kernel.job.';
    END IF;
    -- A row that is locked is being claimed, or tuned: its turn comes again.
    SELECT j.id, j.is_enabled, j.next_due_at, j.schedule
    INTO v_job
    FROM kernel.job AS j
    WHERE j.name = p_job
    FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND OR NOT v_job.is_enabled OR v_job.next_due_at > p_now AND NOT p_is_forced THEN
        RETURN NULL;
    END IF;
    IF NOT pg_try_advisory_xact_lock(kernel.lock_space('job'), v_job.id) THEN
        RETURN NULL;
    END IF;
    -- With the lock in our hands, whoever began it is gone.
    PERFORM kernel.end_job_run(r.id, 'lost')
    FROM kernel.job_run AS r
    WHERE r.job = p_job AND r.outcome = 'running';

    INSERT INTO kernel.job_run (job, begun_at, last_batch_at)
    VALUES (p_job, clock_timestamp(), clock_timestamp())
    RETURNING id INTO v_run;
    -- At the beginning, so that a runner that is killed is not followed by one more each second.
    UPDATE kernel.job AS j
    SET next_due_at = kernel.next_due(v_job.next_due_at, j.schedule, p_now)
    WHERE j.name = p_job;
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION kernel.begin_job_run(text, timestamptz, boolean) IS
'Claims a job that is enabled and due at p_now (or forced: enabled) and returns the number of its new
run; NULL when it is not due or another runner has it. The lock ends with the transaction: a runner
that works in several holds the same lock for its session. Closes the run of a runner that is gone. Raises KR061
UnknownJob.';

GRANT EXECUTE ON FUNCTION kernel.begin_job_run(text, timestamptz, boolean) TO strongroom_runner;
