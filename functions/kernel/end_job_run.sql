CREATE OR REPLACE FUNCTION kernel.end_job_run(
    p_run bigint,
    p_outcome text,
    p_error_code text DEFAULT NULL
)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_failures CONSTANT text[] := ARRAY['failed', 'timeout', 'canceled', 'lost'];
    v_run record;
    v_failures bigint;
BEGIN
    UPDATE kernel.job_run AS r
    SET ended_at = clock_timestamp(),
        error_code = p_error_code,
        outcome = CASE
            WHEN p_outcome <> 'failed' OR p_error_code IS DISTINCT FROM '57014' THEN p_outcome
            WHEN clock_timestamp() - r.last_batch_at >= j.timeout THEN 'timeout'
            ELSE 'canceled'
        END
    FROM kernel.job AS j
    WHERE r.id = p_run AND r.outcome = 'running' AND j.name = r.job
    RETURNING r.job, r.outcome INTO v_run;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR063',
            MESSAGE = format('run %s is not open', coalesce(p_run::text, 'NULL')),
            DETAIL = 'It has ended, or another runner took the job over.',
            HINT = 'Begin another run.';
    END IF;
    v_failures := (
        SELECT count(*)
        FROM kernel.job_run AS r
        WHERE r.job = v_run.job
          AND r.outcome = ANY (c_failures)
          AND r.id > coalesce((
              SELECT max(ok.id)
              FROM kernel.job_run AS ok
              WHERE ok.job = v_run.job AND ok.outcome IN ('done', 'more', 'stopped')
          ), 0)
    );
    UPDATE kernel.job AS j
    SET next_due_at = least(
        j.next_due_at,
        clock_timestamp() + CASE
            WHEN v_run.outcome = ANY (c_failures)
                THEN interval '1 minute' * power(2, least(v_failures - 1, 20))
            ELSE interval '0'
        END
    )
    WHERE v_run.outcome <> 'done'
      AND j.name IN (
          SELECT k.name FROM kernel.job AS k WHERE k.name = v_run.job
          FOR NO KEY UPDATE SKIP LOCKED
      );
    RETURN v_run.outcome;
END;
$$;

COMMENT ON FUNCTION kernel.end_job_run(bigint, text, text) IS
'Closes an open run and returns its outcome: what is said, save that a failure by SQLSTATE 57014 is
timeout or canceled. A job that left work is due at once; one that failed is due in a minute, then in
2, 4, 8, or when it is due anyway, whichever comes first. Raises KR063 RunNotOpen.';

GRANT EXECUTE ON FUNCTION kernel.end_job_run(bigint, text, text) TO strongroom_runner;
