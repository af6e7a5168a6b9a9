CREATE OR REPLACE FUNCTION kernel.masked_expression(
    p_app text, p_column name, p_mask text, p_family text, p_type oid
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_column CONSTANT text := format('t.%I', p_column);
    v_key CONSTANT text := format(' FROM kernel.masking_key AS k WHERE k.app = %L)', p_app);
BEGIN
    RETURN CASE split_part(p_mask, ' ', 1)
        WHEN 'keep' THEN v_column
        WHEN 'presence' THEN v_column || ' IS NOT NULL'
        WHEN 'month' THEN format(
            'kernel.month_start((%s%s)::date)',
            v_column, CASE p_family WHEN 'instant' THEN ' AT TIME ZONE ''UTC''' END
        )
        WHEN 'band' THEN format(
            'kernel.band(%s::numeric%s)::%s',
            v_column, ', ' || nullif(split_part(p_mask, ' ', 2), ''), p_type::regtype
        )
        WHEN 'shape' THEN format('kernel.json_shape(%s::jsonb)', v_column)
        WHEN 'pseudonym' THEN format(
            'kernel.pseudonym((SELECT k.inner_key%1$s, (SELECT k.outer_key%1$s, %2$L, %3$s)',
            v_key, substring(p_mask FROM 11),
            format(CASE p_family WHEN 'citext' THEN 'lower(%s::text)' ELSE '%s::text' END, v_column)
        )
    END;
END;
$$;

COMMENT ON FUNCTION kernel.masked_expression(text, name, text, text, oid) IS
'What a masked view selects of a column of the table t: p_mask as kernel.masked_columns() gives it.
None of these expressions raises an error, whatever the value is.';
