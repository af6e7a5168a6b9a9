CREATE OR REPLACE FUNCTION kernel.comment_masked_view(p_relation regclass, p_view regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    v_column record;
BEGIN
    EXECUTE format(
        'COMMENT ON VIEW %s IS %L', p_view, format(
            E'%s as an analyst may see it. Made by kernel.masked_view(); call that again after a'
            ' change of columns or tags.\n@masked', p_relation
        )
    );
    FOR v_column IN
        SELECT
            m.column_name,
            m.mask,
            CASE split_part(m.mask, ' ', 1)
                WHEN 'keep' THEN 'As it is in the table.'
                WHEN 'presence' THEN 'Whether there is one.'
                WHEN 'month' THEN 'The first day of its month, in UTC.'
                WHEN 'band' THEN 'The end of its band, towards zero.'
                WHEN 'shape' THEN 'Names and types of its fields.'
                ELSE 'A pseudonym, the same for one value in all masked views of the app.'
            END AS meaning
        FROM kernel.masked_columns(p_relation) AS m
        WHERE m.mask <> 'hide'
    LOOP
        EXECUTE format(
            'COMMENT ON COLUMN %s.%I IS %L', p_view, v_column.column_name,
            v_column.meaning || E'\n@mask ' || v_column.mask
        );
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.comment_masked_view(regclass, regclass) IS
'Says of each column of a masked view how it is masked: by that kernel.check_masking_drift compares.
kernel.masked_view() calls it.';
