CREATE OR REPLACE FUNCTION kernel.record_job_batch(p_run bigint, p_done bigint)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE kernel.job_run AS r
    SET batches = r.batches + 1,
        done = r.done + greatest(p_done, 0),
        last_batch_at = clock_timestamp()
    WHERE r.id = p_run AND r.outcome = 'running';
END;
$$;

COMMENT ON FUNCTION kernel.record_job_batch(bigint, bigint) IS
'Adds a finished batch to its run, if that is still open. kernel.run_job_batch() calls it.';

GRANT EXECUTE ON FUNCTION kernel.record_job_batch(bigint, bigint) TO strongroom_runner;
