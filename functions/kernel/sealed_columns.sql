CREATE OR REPLACE FUNCTION kernel.sealed_columns(p_relation regclass)
RETURNS TABLE (
    column_name name, kind text, type_name text, label text, purpose text, padding integer
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
    WITH tagged AS (
        SELECT a.attnum, a.attname, t.tag, regexp_split_to_array(t.argument, '\s+') AS words
        FROM pg_attribute AS a
        CROSS JOIN kernel.comment_tags(col_description(a.attrelid, a.attnum)) AS t
        WHERE a.attrelid = coalesce(pg_partition_root(p_relation), p_relation)
          AND a.attnum > 0
          AND NOT a.attisdropped
          AND t.tag IN ('sealed', 'blind')
    )
    SELECT
        t.attname, 'seal', t.words[1], t.words[2], t.words[3],
        CASE WHEN t.words[4] = 'pad' AND t.words[5] ~ '^\d{1,4}$' THEN t.words[5]::integer ELSE 16 END
    FROM tagged AS t
    WHERE t.tag = 'sealed'
    UNION ALL
    SELECT
        t.attname, 'index', NULL, coalesce(of.words[2], t.words[1]), t.words[2], NULL
    FROM tagged AS t
    LEFT JOIN tagged AS of ON of.tag = 'sealed' AND of.attname = t.words[1]
    WHERE t.tag = 'blind'
    ORDER BY 1
$$;

COMMENT ON FUNCTION kernel.sealed_columns(regclass) IS
'The sealed columns of a table and their blind indexes, as the tags @sealed TYPE LABEL KEY [pad N] and
@blind COLUMN KEY say: kind seal or index, the type of the value, the label that is bound into it, the
purpose of its key, and the bytes that a value is padded to a multiple of (16 where none are named).
Partitions speak through their root. Reads comments and is not for hot paths.';

GRANT EXECUTE ON FUNCTION kernel.sealed_columns(regclass) TO strongroom_runner, pg_monitor;
