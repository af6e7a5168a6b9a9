CREATE OR REPLACE FUNCTION kernel.partition_policy_problem(
    p_parent regclass,
    p_key_kind text,
    p_every interval,
    p_expires boolean,
    p_archive_schema name
)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN t.partstrat IS DISTINCT FROM 'r' THEN 'It is not a table partitioned by range.'
        WHEN c.relispartition THEN 'It is a partition itself.'
        WHEN t.partnatts <> 1 OR a.attname IS NULL THEN 'Its partition key is not one column.'
        WHEN a.atttypid::regtype::text <> ALL (
            CASE p_key_kind
                WHEN 'time' THEN ARRAY['timestamp with time zone', 'date']
                WHEN 'uuid_v7' THEN ARRAY['uuid']
                ELSE ARRAY[p_key_kind]
            END
        )
            THEN format(
                'Its key is %s, which does not go with the kind of key %s.',
                format_type(a.atttypid, a.atttypmod), p_key_kind
            )
        WHEN a.atttypid = 'date'::regtype AND mod(EXTRACT(epoch FROM p_every), 86400) <> 0
            THEN 'A step of less than a day cannot divide dates.'
        -- Positions of uuids are milliseconds.
        WHEN a.atttypid = 'uuid'::regtype AND EXISTS (
            SELECT
            FROM pg_inherits AS i
            JOIN pg_class AS p ON p.oid = i.inhrelid
            WHERE i.inhparent = c.oid
              AND pg_get_expr(p.relpartbound, p.oid)
                  ~ '[0-9a-f]{8}-[0-9a-f]{4}-(?!0000-0000-0{12})'
        )
            THEN 'It has a partition whose bound lies within a millisecond.'
        WHEN t.partdefid <> 0 THEN format('It has a default partition, %s.', t.partdefid::regclass)
        WHEN nested.name IS NOT NULL THEN format('Its partition %s is no plain table.', nested.name)
        WHEN c.relowner <> k.relowner
            THEN format('It belongs to %s, not to %s.', c.relowner::regrole, k.relowner::regrole)
        WHEN p_expires AND f.conname IS NOT NULL
            THEN format(
                'The foreign key %I of %s points to it, and its rows are to expire.',
                f.conname, f.conrelid::regclass
            )
        WHEN p_archive_schema IS NOT NULL AND n.oid IS NULL
            THEN format('There is no schema %I to archive to.', p_archive_schema)
        WHEN n.nspname IN (SELECT kernel.guarded_schemas())
            THEN format('Schema %I is no archive: it is kernel''s or an app''s.', n.nspname)
        WHEN n.oid IS NOT NULL AND NOT has_schema_privilege(k.relowner, n.oid, 'CREATE')
            THEN format('%s may not create in schema %I.', k.relowner::regrole, n.nspname)
    END
    FROM pg_class AS c
    JOIN pg_class AS k ON k.oid = to_regclass('kernel.partition_policy')
    LEFT JOIN pg_partitioned_table AS t ON t.partrelid = c.oid
    LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0]
    LEFT JOIN pg_namespace AS n ON n.nspname = p_archive_schema
    LEFT JOIN LATERAL (
        SELECT f.conname, f.conrelid
        FROM pg_constraint AS f
        WHERE f.confrelid = c.oid AND f.contype = 'f' AND f.conparentid = 0
        ORDER BY f.conname
        LIMIT 1
    ) AS f ON true
    -- Partitions of its own, or data elsewhere: what is counted, closed and dropped is a table's.
    CROSS JOIN LATERAL (
        SELECT min(o.oid::regclass::text)
        FROM pg_inherits AS i
        JOIN pg_class AS o ON o.oid = i.inhrelid
        WHERE i.inhparent = c.oid AND o.relkind <> 'r'
    ) AS nested (name)
    WHERE c.oid = p_parent
$$;

COMMENT ON FUNCTION kernel.partition_policy_problem(regclass, text, interval, boolean, name) IS
'Why a table cannot have a partition policy, as a sentence; NULL where it can.';

GRANT EXECUTE ON FUNCTION kernel.partition_policy_problem(
    regclass, text, interval, boolean, name
) TO strongroom_runner, pg_monitor;
