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
SET standard_conforming_strings = on
AS $$
DECLARE
    c_root CONSTANT regclass := coalesce(p_root, pg_partition_root(p_partition));
    v_counter record;
    v_parts record;
    v_trigger record;
    v_groups bigint;
    v_count bigint := 0;
BEGIN
    IF c_root = p_partition OR NOT EXISTS (
        SELECT FROM kernel.counter AS c WHERE c.relation = c_root
    ) THEN
        RETURN 0;
    END IF;
    -- What is written now would go uncounted.
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', p_partition);
    FOR v_counter IN
        SELECT c.app, c.name, c.is_live
        FROM kernel.counter AS c
        WHERE c.relation = c_root
        ORDER BY c.id
    LOOP
        v_parts := kernel.counter_parts(v_counter.app, v_counter.name);
        FOR v_trigger IN
            SELECT t.tgname, t.tgrelid::regclass AS relation
            FROM pg_trigger AS t
            WHERE t.tgname LIKE format('t60\_%s\_%%', v_counter.name)
              AND (
                  t.tgrelid = p_partition
                  OR t.tgrelid IN (SELECT p.relid FROM pg_partition_tree(p_partition) AS p)
              )
        LOOP
            EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.tgname, v_trigger.relation);
        END LOOP;
        CONTINUE WHEN NOT v_counter.is_live;
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
'Takes a partition out of the counters of its table: its rows out of ..._live ones, because dropping or
detaching fires no trigger, and the triggers off it. Call it once, in the transaction that drops it or
after the one that detached it. p_root is the table that the
partition was detached from already. Returns how many groups changed. Locks the partition.';

GRANT EXECUTE ON FUNCTION kernel.adjust_counters_for(regclass, regclass) TO strongroom_runner;
