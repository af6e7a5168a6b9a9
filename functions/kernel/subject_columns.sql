CREATE OR REPLACE FUNCTION kernel.subject_columns(p_relation regclass)
RETURNS SETOF name
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH columns AS (
        SELECT
            a.attnum,
            a.attname,
            EXISTS (
                SELECT
                FROM kernel.comment_tags(col_description(a.attrelid, a.attnum)) AS t
                WHERE t.tag = 'subject'
            ) AS is_tagged
        FROM pg_attribute AS a
        WHERE a.attrelid = coalesce(pg_partition_root(p_relation), p_relation)
          AND a.attnum > 0
          AND NOT a.attisdropped
    )
    SELECT c.attname
    FROM columns AS c
    WHERE c.is_tagged
       OR c.attname = 'user_id' AND NOT EXISTS (SELECT FROM columns AS o WHERE o.is_tagged)
    ORDER BY c.attnum;
END;
$$;

COMMENT ON FUNCTION kernel.subject_columns(regclass) IS
'The columns of a table that say whose row it is: those with the tag @subject, else user_id. None for
a table that belongs to nobody. Partitions speak through their root. Reads comments and is not for
hot paths: what needs it often keeps the answer.';

GRANT EXECUTE ON FUNCTION kernel.subject_columns(regclass)
TO strongroom_runner, strongroom_definer, pg_monitor;
