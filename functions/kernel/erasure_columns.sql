CREATE OR REPLACE FUNCTION kernel.erasure_columns(
    p_relation regclass,
    OUT deletes name[],
    OUT changes name[],
    OUT keeps name[],
    OUT reasons text[],
    OUT untagged name[],
    OUT firm name[],
    OUT is_blind boolean
)
RETURNS record
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        coalesce(array_agg(m.column_name ORDER BY m.position)
            FILTER (WHERE m.erase = 'delete'), '{}'),
        coalesce(array_agg(m.column_name ORDER BY m.position)
            FILTER (WHERE m.erase = 'null' OR m.erase LIKE 'mask %'), '{}'),
        coalesce(array_agg(m.column_name ORDER BY m.position)
            FILTER (WHERE m.erase LIKE 'keep %'), '{}'),
        coalesce(array_agg(DISTINCT substr(m.erase, 6))
            FILTER (WHERE m.erase LIKE 'keep %'), '{}'),
        coalesce(array_agg(m.column_name ORDER BY m.position)
            FILTER (WHERE m.is_personal AND m.erase IS NULL), '{}'),
        coalesce(array_agg(m.column_name ORDER BY m.position)
            FILTER (WHERE m.erase = 'null' AND a.attnotnull), '{}'),
        EXISTS (
            SELECT
            FROM kernel.check_missing_owner_policy AS f
            JOIN pg_class AS c
                ON c.oid = p_relation
                OR c.oid IN (SELECT t.relid FROM pg_partition_tree(p_relation) AS t)
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE f.cache_key = format('missing_owner_policy:%I.%I', n.nspname, c.relname)
              AND c.relforcerowsecurity
        )
    FROM kernel.data_map AS m
    JOIN pg_attribute AS a ON a.attrelid = m.relation AND a.attname = m.column_name
    WHERE m.relation = p_relation
$$;

COMMENT ON FUNCTION kernel.erasure_columns(regclass) IS
'What the tags of a table say about erasure: columns that take the row with them, that are emptied or
masked, that are kept and why; personal ones that say nothing; those to be emptied that are NOT NULL;
and whether row level security hides rows from the owner.';
