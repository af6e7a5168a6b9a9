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
    FOR v_counter IN
        SELECT c.app, c.name FROM kernel.counter AS c WHERE c.backfilled_at IS NULL ORDER BY c.id
    LOOP
        BEGIN
            PERFORM kernel.recount(v_counter.app, v_counter.name);
            RETURN 1;
        EXCEPTION
            -- One counter's trouble is not the others'.
            WHEN assert_failure OR OTHERS THEN
                RAISE WARNING USING
                    ERRCODE = SQLSTATE,
                    MESSAGE = format('counter %I.%I was not filled', v_counter.app, v_counter.name),
                    DETAIL = format('%s (SQLSTATE %s)', SQLERRM, SQLSTATE),
                    HINT = 'kernel.check_counter_drift may know why.';
        END;
    END LOOP;
    RETURN 0;
END;
$$;

COMMENT ON FUNCTION kernel.backfill_counters() IS
'A job: counts the rows that were there before a counter that was declared without them, one counter a
batch, while writers write. Returns 1, or 0 when no counter waits that can be filled.';

GRANT EXECUTE ON FUNCTION kernel.backfill_counters() TO strongroom_runner;
