CREATE OR REPLACE FUNCTION kernel.create_missing_partitions(
    p_parent regclass, p_spans numrange[], p_suffixes text[]
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text;
BEGIN
    -- One at a time for each parent; what ATTACH needs anyway.
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', p_parent);
    SELECT c.relname INTO v_name FROM pg_class AS c WHERE c.oid = p_parent;
    FOR v_step IN 1 .. cardinality(p_spans) LOOP
        PERFORM kernel.create_partition(
            p_parent, kernel.partition_name(v_name, p_suffixes[v_step]),
            lower(p_spans[v_step]), upper(p_spans[v_step])
        );
    END LOOP;
    RETURN cardinality(p_spans);
END;
$$;

COMMENT ON FUNCTION kernel.create_missing_partitions(regclass, numrange[], text[]) IS
'Makes partitions of a table for steps of which nothing is there yet, as kernel.due_partitions gives
them; how many. Waits for others who change the same table''s partitions. Raises
invalid_object_definition where a partition holds a part of a step, duplicate_table where a name is
taken: kernel.fill_partition_gaps goes round what is there.';
