CREATE OR REPLACE FUNCTION kernel.searched_among(p_only regclass)
RETURNS TABLE (relation regclass, columns name[], is_readable boolean, bytes bigint)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH tables AS MATERIALIZED (
        SELECT c.oid, c.relnamespace
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'm')
          AND (p_only IS NULL OR c.oid = p_only)
          -- The root does not read a partition any more that is being detached.
          AND (
              NOT c.relispartition
              OR EXISTS (
                  SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid AND i.inhdetachpending
              )
          )
          AND (c.relkind <> 'm' OR c.relispopulated)
          AND n.nspname <> 'information_schema'
          -- pg_catalog, pg_toast, and the temporary tables of sessions, which end with these.
          AND n.nspname !~ '^pg_'
          -- Where erasure keeps what it looks for, until it has looked.
          AND (n.nspname, c.relname) <> ('kernel', 'erasure_token')
    ),
    columns AS MATERIALIZED (
        SELECT a.attrelid, a.attname, a.attnum, a.atttypid
        FROM tables AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ),
    -- Each type is looked into once, however many columns have it.
    types AS MATERIALIZED (
        SELECT used.id
        FROM (SELECT DISTINCT a.atttypid FROM columns AS a OFFSET 0) AS used (id)
        WHERE kernel.is_searchable(used.id)
    ),
    searched AS MATERIALIZED (
        SELECT a.attrelid, array_agg(a.attname ORDER BY a.attnum) AS columns
        FROM columns AS a
        JOIN types AS t ON t.id = a.atttypid
        GROUP BY a.attrelid
    )
    SELECT
        c.oid::regclass,
        found.columns,
        has_schema_privilege(c.relnamespace, 'USAGE')
        AND has_table_privilege(c.oid, 'SELECT')
        -- Rows that a policy hides from the owner would be missed in silence.
        AND (
            NOT row_security_active(c.oid)
            OR EXISTS (
                SELECT
                FROM pg_policy AS p
                WHERE p.polrelid = c.oid
                  AND p.polpermissive
                  AND p.polcmd IN ('*', 'r')
                  AND pg_get_expr(p.polqual, p.polrelid) = 'true'
                  AND EXISTS (
                      SELECT
                      FROM unnest(p.polroles) AS r (id)
                      WHERE r.id = 0 OR pg_has_role(r.id, 'USAGE')
                  )
            )
            AND NOT EXISTS (
                SELECT
                FROM pg_policy AS p
                CROSS JOIN unnest(p.polroles) AS r (id)
                WHERE p.polrelid = c.oid
                  AND NOT p.polpermissive
                  AND p.polcmd IN ('*', 'r')
                  -- The gate of restored copies hides nothing: it raises, and not for the owner.
                  AND pg_get_expr(p.polqual, p.polrelid) IS DISTINCT FROM 'kernel.is_serving()'
                  AND (r.id = 0 OR pg_has_role(r.id, 'USAGE'))
            )
        ),
        coalesce(
            (SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree(c.oid) AS t),
            pg_total_relation_size(c.oid)
        )::bigint
    FROM tables AS c
    JOIN searched AS found ON found.attrelid = c.oid
    ORDER BY c.oid::regclass::text COLLATE "C"
$$;

COMMENT ON FUNCTION kernel.searched_among(regclass) IS
'What kernel.searched_tables() lists, or the row of one table of it.';
