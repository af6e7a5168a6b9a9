CREATE OR REPLACE FUNCTION kernel.rows_under_keys_elsewhere(p_app text, p_purpose text)
RETURNS TABLE (relation regclass, column_name name, row_count bigint)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_is_index CONSTANT boolean := EXISTS (
        SELECT FROM kernel.encryption_key AS k
        WHERE k.app = p_app AND k.purpose = p_purpose AND k.kind = 'index'
    );
    v_column record;
BEGIN
    FOR v_column IN
        SELECT c.oid::regclass AS relation, c.relnamespace, a.attname
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p', 'm')
          AND c.relpersistence <> 't'
          AND c.relispopulated
          -- Rows of a partition count with its table's, but for one that is half detached.
          AND (NOT c.relispartition OR EXISTS (
              SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid AND i.inhdetachpending
          ))
          AND (
              NOT v_is_index AND a.atttypid = 'kernel.sealed'::regtype
              -- Only its name tells a blind index from other bytes.
              OR v_is_index AND a.atttypid = 'bytea'::regtype AND a.attname IN (
                  SELECT s.column_name
                  FROM pg_class AS o
                  CROSS JOIN kernel.sealed_columns(o.oid) AS s
                  WHERE o.relnamespace = to_regnamespace(quote_ident(p_app))
                    AND o.relkind IN ('r', 'p')
                    AND s.kind = 'index'
                    AND s.purpose = p_purpose
              )
          )
          AND NOT (
              c.relnamespace = to_regnamespace(quote_ident(p_app))
              AND NOT c.relispartition
              AND EXISTS (
                  SELECT FROM kernel.sealed_columns(c.oid) AS s WHERE s.column_name = a.attname
              )
          )
        ORDER BY 1, a.attname
    LOOP
        relation := v_column.relation;
        column_name := v_column.attname;
        row_count := NULL;
        IF has_schema_privilege(v_column.relnamespace, 'USAGE')
            AND has_column_privilege(relation, column_name, 'SELECT')
        THEN
            EXECUTE kernel.count_under_keys(relation, column_name, v_is_index)
            INTO row_count
            USING p_app, p_purpose;
        END IF;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.rows_under_keys_elsewhere(text, text) IS
'As kernel.rows_under_keys, of tables that no rotation reaches: partitions that were detached or
archived, materialised views, and copies in any schema, found by the type of their columns, blind
indexes by their name. NULL rows: the owner may not read it. Reads the tables whole.';

GRANT EXECUTE ON FUNCTION kernel.rows_under_keys_elsewhere(text, text) TO strongroom_runner;
