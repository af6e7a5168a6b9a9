CREATE OR REPLACE FUNCTION kernel.due_jobs(p_now timestamptz DEFAULT pg_catalog.now())
RETURNS TABLE (job text, timeout interval)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT j.name, j.timeout
    FROM kernel.job AS j
    WHERE j.is_enabled AND j.next_due_at <= p_now
    ORDER BY j.priority, j.next_due_at, j.name
$$;

COMMENT ON FUNCTION kernel.due_jobs(timestamptz) IS
'The enabled jobs that are due, in the order in which to run them.';

GRANT EXECUTE ON FUNCTION kernel.due_jobs(timestamptz) TO strongroom_runner;
