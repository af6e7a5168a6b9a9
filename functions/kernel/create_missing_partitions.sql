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
    -- That something holds a part of a step, or somebody was quicker, is rare, and PostgreSQL notices:
    -- to read the bounds of all partitions would take a quarter as long as to make one.
    BEGIN
        FOR v_step IN 1 .. cardinality(p_spans) LOOP
            PERFORM kernel.create_partition(
                p_parent, kernel.partition_name(v_name, p_suffixes[v_step]),
                lower(p_spans[v_step]), upper(p_spans[v_step])
            );
        END LOOP;
        RETURN cardinality(p_spans);
    EXCEPTION
        WHEN invalid_object_definition OR duplicate_table THEN
            RETURN kernel.fill_partition_gaps(p_parent, p_spans, p_suffixes);
    END;
END;
$$;

COMMENT ON FUNCTION kernel.create_missing_partitions(regclass, numrange[], text[]) IS
'Makes partitions of a table for what no partition of it holds yet of some steps, as
kernel.due_partitions gives them; how many. Waits for others who change the same table''s partitions.';
