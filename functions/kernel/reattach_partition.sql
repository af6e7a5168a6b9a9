CREATE OR REPLACE FUNCTION kernel.reattach_partition(
    p_parent regclass, p_partition regclass, p_first numeric, p_last numeric
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type CONSTANT regtype := (kernel.partition_key(p_parent)).key_type;
    v_check name;
BEGIN
    EXECUTE format(
        'ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)',
        p_parent, p_partition,
        kernel.quote_bound(kernel.partition_bound(v_type, p_first)),
        kernel.quote_bound(kernel.partition_bound(v_type, p_last))
    );
    -- The CHECK that detaching left in place of the bounds.
    FOR v_check IN
        SELECT k.conname
        FROM pg_constraint AS k
        WHERE k.conrelid = p_partition
          AND k.contype = 'c'
          AND k.coninhcount = 0
          AND pg_get_expr(k.conbin, k.conrelid) = pg_get_partition_constraintdef(p_partition)
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', p_partition, v_check);
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.reattach_partition(regclass, regclass, numeric, numeric) IS
'Puts a detached partition back between two positions (kernel.partition_position).';
