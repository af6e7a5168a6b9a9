CREATE OR REPLACE FUNCTION kernel.trim_job_runs()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_batch CONSTANT integer := 1000;
    v_count bigint;
BEGIN
    DELETE FROM kernel.job_run AS r
    WHERE r.id = ANY (
        ARRAY(
            SELECT old.id
            FROM kernel.job_run AS old
            JOIN kernel.job AS j ON j.name = old.job
            WHERE old.ended_at < now() - j.keep_runs
              AND EXISTS (
                  SELECT FROM kernel.job_run AS newer WHERE newer.job = old.job AND newer.id > old.id
              )
            ORDER BY old.id
            LIMIT c_batch
            FOR UPDATE OF old SKIP LOCKED
        )
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.trim_job_runs() IS
'A job: forgets runs that are older than their job keeps them, save each job''s last one. One batch;
returns how many.';

GRANT EXECUTE ON FUNCTION kernel.trim_job_runs() TO strongroom_runner;
