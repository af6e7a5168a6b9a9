CREATE OR REPLACE FUNCTION kernel.masked_select(p_relation regclass)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_app CONSTANT text := (
        SELECT n.nspname
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = p_relation
    );
BEGIN
    RETURN (
        SELECT format(
            'SELECT %s FROM %s AS t',
            string_agg(
                format(
                    '%s AS %I',
                    kernel.masked_expression(c_app, m.column_name, m.mask, m.family, m.type),
                    m.column_name
                ),
                ', ' ORDER BY m.position
            ),
            p_relation
        )
        FROM kernel.masked_columns(p_relation) AS m
        WHERE m.mask <> 'hide'
    );
END;
$$;

COMMENT ON FUNCTION kernel.masked_select(regclass) IS
'The query of the masked view of a table; kernel.masked_view() calls it.';
