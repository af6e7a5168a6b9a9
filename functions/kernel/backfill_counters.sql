CREATE OR REPLACE FUNCTION kernel.backfill_counters()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_counter record;
BEGIN
    SELECT c.app, c.name
    INTO v_counter
    FROM kernel.counter AS c
    WHERE c.backfilled_at IS NULL
    ORDER BY c.id
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM kernel.recount(v_counter.app, v_counter.name);
    RETURN 1;
END;
$$;

COMMENT ON FUNCTION kernel.backfill_counters() IS
'A job: counts the rows that were there before a counter that was declared without them, one counter a
batch, while writers write. Returns 1, or 0 when no counter waits.';

GRANT EXECUTE ON FUNCTION kernel.backfill_counters() TO strongroom_runner;
