CREATE OR REPLACE FUNCTION kernel.expiry_states()
RETURNS TABLE (
    partition regclass,
    parent_schema name, parent_name name,
    partition_schema name, partition_name name,
    is_marked boolean,
    state text
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM kernel.expiring_partition AS e
    WHERE NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = e.partition)
       OR NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = e.parent);
    RETURN QUERY
    WITH found (partition, parent, is_marked) AS (
        SELECT e.partition::oid, e.parent::oid, true FROM kernel.expiring_partition AS e
        UNION
        SELECT i.inhrelid, p.parent, false
        FROM kernel.partition_policy AS p
        JOIN pg_inherits AS i ON i.inhparent = p.parent AND i.inhdetachpending
        UNION
        SELECT e.partition, e.parent, false FROM kernel.expired_partitions() AS e
    )
    SELECT
        f.partition::regclass,
        rn.nspname, r.relname, cn.nspname, c.relname,
        bool_or(f.is_marked),
        CASE
            WHEN i.inhdetachpending THEN 'detaching'
            WHEN i.inhrelid IS NULL THEN 'detached'
            ELSE 'attached'
        END
    FROM found AS f
    JOIN pg_class AS c ON c.oid = f.partition
    JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
    JOIN pg_class AS r ON r.oid = f.parent
    JOIN pg_namespace AS rn ON rn.oid = r.relnamespace
    LEFT JOIN pg_inherits AS i ON i.inhrelid = f.partition
    GROUP BY f.partition, f.parent, rn.nspname, r.relname, cn.nspname, c.relname,
        i.inhrelid, i.inhdetachpending
    ORDER BY i.inhdetachpending DESC NULLS FIRST, f.parent, c.relname;
END;
$$;

COMMENT ON FUNCTION kernel.expiry_states() IS
'The partitions that are to go, whether kernel.begin_expiry has written that down, and how far each
is: attached, detaching (a concurrent detach was interrupted) or detached. What is furthest comes
first.';
