CREATE OR REPLACE FUNCTION kernel.expired_source(p_parent regclass, p_now timestamptz)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Partitions may have their columns in another order.
    v_columns CONSTANT text := (
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
        FROM pg_attribute AS a
        WHERE a.attrelid = p_parent AND a.attnum > 0 AND NOT a.attisdropped
    );
    v_parts text;
BEGIN
    SELECT string_agg(
        format('SELECT tableoid, %s FROM %s', v_columns, e.partition), ' UNION ALL '
    )
    INTO v_parts
    FROM kernel.expired_spans(p_parent, p_now) AS e;
    RETURN format(
        '(%s)',
        coalesce(
            v_parts, format('SELECT tableoid, %s FROM %s WHERE false', v_columns, p_parent)
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.expired_source(regclass, timestamptz) IS
'SQL for the rows of the partitions of a table that are past their time.';
