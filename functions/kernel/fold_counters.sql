CREATE OR REPLACE FUNCTION kernel.fold_counters()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- While writers write there is always more; what comes within a second is the next run's.
    c_pause CONSTANT interval := interval '1 second';
    v_counter record;
    v_count bigint := 0;
BEGIN
    FOR v_counter IN
        SELECT c.app, c.name
        FROM kernel.counter AS c
        WHERE (c.folded_at IS NULL OR c.folded_at < clock_timestamp() - c_pause)
          -- Of an app that is gone, kernel.check_counter_drift tells.
          AND to_regclass(format('%I.%I', c.app, c.name || '_deltas')) IS NOT NULL
        ORDER BY c.id
    LOOP
        BEGIN
            v_count := v_count + kernel.fold_counter(v_counter.app, v_counter.name);
        EXCEPTION
            -- One counter's trouble is not the others'.
            WHEN assert_failure OR OTHERS THEN
                RAISE WARNING USING
                    ERRCODE = SQLSTATE,
                    MESSAGE = format('counter %I.%I was not folded', v_counter.app, v_counter.name),
                    DETAIL = format('%s (SQLSTATE %s)', SQLERRM, SQLSTATE),
                    HINT = 'Its figures are right and get slower; kernel.check_counter_drift may know why.';
        END;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.fold_counters() IS
'A job: one batch of the deltas of each counter that was not folded within the last second. Returns how
many deltas were folded. One that can''t be folded is told of by a warning, and the others are.';

GRANT EXECUTE ON FUNCTION kernel.fold_counters() TO strongroom_runner;
