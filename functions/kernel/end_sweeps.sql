CREATE OR REPLACE FUNCTION kernel.end_sweeps()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE kernel.retention_policy AS p
    SET is_swept = false
    WHERE p.name = ANY (
        ARRAY(
            SELECT o.name
            FROM kernel.retention_policy AS o
            WHERE o.is_swept
            FOR NO KEY UPDATE SKIP LOCKED
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.end_sweeps() IS
'Ends a run of retention: the next one begins with all policies. One that another runner is at is left to
it.';
