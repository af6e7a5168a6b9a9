CREATE OR REPLACE FUNCTION kernel.clear_statistics(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- By name, for a server that has no such function checks the text, too.
    c_clear CONSTANT regproc := to_regproc('pg_catalog.pg_clear_attribute_stats');
    v_part record;
    v_is_empty boolean;
BEGIN
    IF c_clear IS NULL THEN
        RETURN;
    END IF;
    FOR v_part IN
        SELECT c.oid, n.nspname, c.relname
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = p_relation OR c.oid IN (SELECT p.relid FROM pg_partition_tree(p_relation) AS p)
    LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', v_part.oid::regclass) INTO v_is_empty;
        CONTINUE WHEN NOT v_is_empty;
        EXECUTE format(
            'SELECT %s($1, $2, a.attname, i.inherited)'
            ' FROM pg_attribute AS a CROSS JOIN (VALUES (false), (true)) AS i (inherited)'
            ' WHERE a.attrelid = $3 AND a.attnum > 0 AND NOT a.attisdropped', c_clear
        )
        USING v_part.nspname, v_part.relname, v_part.oid;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.clear_statistics(regclass) IS
'Removes the planner''s statistics of a table or a partition that is empty, which ANALYZE leaves as they
are. PostgreSQL can since 18; below it, nothing happens.';
