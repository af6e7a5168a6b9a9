CREATE OR REPLACE FUNCTION kernel.partition_form(p_partition regclass)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        'server %s, file %s, columns %s',
        (SELECT c.system_identifier FROM pg_control_system() AS c),
        pg_relation_filenode(p_partition),
        string_agg(
            concat_ws(
                ' ', a.attnum, a.atttypid, a.atttypmod, a.attisdropped, a.attmissingval,
                CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
            ),
            ', ' ORDER BY a.attnum
        )
    )
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = p_partition AND a.attnum > 0
$$;

COMMENT ON FUNCTION kernel.partition_form(regclass) IS
'What the rows of a table are read by: the server that numbers their transactions, their file, and
their columns. Where it is the same, a row that nobody touched reads as it did.';
