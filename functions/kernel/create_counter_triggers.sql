CREATE OR REPLACE FUNCTION kernel.create_counter_triggers(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_function text;
    v_relation regclass;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    v_function := format('%I.%I', p_app, 'tg_count_' || p_name);
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE'
        ' SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L',
        v_function, kernel.counter_source(p_app, p_name)
    );
    EXECUTE format(
        'COMMENT ON FUNCTION %s() IS %L', v_function,
        format(
            'Appends to %s what a statement changed. Made by kernel.count().', v_parts.deltas
        )
    );
    -- A statement fires the triggers of the table that it names: the whole, or one partition.
    FOR v_relation IN
        SELECT t.relid FROM pg_partition_tree(v_parts.relation) AS t
        UNION
        SELECT v_parts.relation
    LOOP
        PERFORM kernel.hang_counters(v_relation, p_name);
    END LOOP;
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %I', v_function, p_app || '_definer');
END;
$$;

COMMENT ON FUNCTION kernel.create_counter_triggers(text, text) IS
'Creates the trigger function of a counter, tg_count_<name>, owned by the app''s definer, and the
triggers t60_<name>_... of its table and each partition. kernel.count() calls it.';
