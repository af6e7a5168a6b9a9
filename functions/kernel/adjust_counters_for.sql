CREATE OR REPLACE FUNCTION kernel.adjust_counters_for(
    p_partition regclass,
    p_root regclass DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_root CONSTANT regclass := coalesce(p_root, pg_partition_root(p_partition));
    v_counter record;
    v_parts record;
    v_groups bigint;
    v_count bigint := 0;
BEGIN
    FOR v_counter IN
        SELECT c.app, c.name
        FROM kernel.counter AS c
        WHERE c.relation = c_root AND c.is_live AND c_root <> p_partition
        ORDER BY c.id
    LOOP
        IF v_count = 0 THEN
            -- What is written now would be dropped uncounted.
            EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', p_partition);
        END IF;
        v_parts := kernel.counter_parts(v_counter.app, v_counter.name);
        EXECUTE format(
            'INSERT INTO %s (%s) SELECT %s FROM %s AS r WHERE %s %s',
            v_parts.deltas, v_parts.columns, v_parts.minus, p_partition, v_parts.condition,
            v_parts.per_group
        );
        GET DIAGNOSTICS v_groups = ROW_COUNT;
        v_count := v_count + v_groups;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.adjust_counters_for(regclass, regclass) IS
'Takes the rows of a partition out of the ..._live counters of its table, because dropping or detaching
fires no trigger: call it once, in the transaction that drops or detaches. p_root is the table that the
partition was detached from already. Returns how many groups changed. Locks the partition.';

GRANT EXECUTE ON FUNCTION kernel.adjust_counters_for(regclass, regclass) TO strongroom_runner;
