CREATE OR REPLACE FUNCTION kernel.rows_under_keys(p_app text, p_purpose text)
RETURNS TABLE (relation regclass, column_name name, row_count bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_column record;
BEGIN
    FOR v_column IN
        SELECT c.oid::regclass AS relation, s.column_name, s.kind
        FROM pg_class AS c
        CROSS JOIN kernel.sealed_columns(c.oid) AS s
        WHERE c.relnamespace = to_regnamespace(quote_ident(p_app))
          AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition
          AND s.purpose = p_purpose
        ORDER BY c.relname, s.column_name
    LOOP
        relation := v_column.relation;
        column_name := v_column.column_name;
        EXECUTE kernel.count_under_keys(relation, column_name, v_column.kind = 'index')
        INTO row_count
        USING p_app, p_purpose;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.rows_under_keys(text, text) IS
'How many rows of each column of a purpose are still under data keys that were replaced, or are blind
indexes under a key that is not the active one. Reads the tables whole.';

GRANT EXECUTE ON FUNCTION kernel.rows_under_keys(text, text) TO strongroom_runner;
