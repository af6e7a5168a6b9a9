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
        WHERE c.folded_at IS NULL OR c.folded_at < clock_timestamp() - c_pause
        ORDER BY c.id
    LOOP
        v_count := v_count + kernel.fold_counter(v_counter.app, v_counter.name);
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.fold_counters() IS
'A job: one batch of the deltas of each counter that was not folded within the last second. Returns how
many deltas were folded.';

GRANT EXECUTE ON FUNCTION kernel.fold_counters() TO strongroom_runner;
