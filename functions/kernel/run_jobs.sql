CREATE OR REPLACE PROCEDURE kernel.run_jobs()
LANGUAGE plpgsql
AS $$
DECLARE
    -- What becomes due meanwhile is the next call's.
    c_now CONSTANT timestamptz := pg_catalog.now();
    v_error_code text;
BEGIN
    LOOP
        SELECT r.error_code INTO v_error_code FROM kernel.run_due_jobs(1, c_now) AS r;
        EXIT WHEN NOT FOUND;
        COMMIT;
        EXIT WHEN v_error_code OPERATOR(pg_catalog.=) '57014';
    END LOOP;
END;
$$;

COMMENT ON PROCEDURE kernel.run_jobs() IS
'Runs what is due, each job in a transaction of its own. For schedulers that can only call SQL; it
can''t be called within a transaction. No SET search_path, for then it could not commit.';

GRANT EXECUTE ON PROCEDURE kernel.run_jobs() TO strongroom_runner;
