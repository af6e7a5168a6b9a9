-- The check finds the triggers of guards, audit and counters on partitions again.

CREATE OR REPLACE VIEW kernel.check_partition_drift
WITH (security_invoker = true)
AS
WITH
partitions AS (
    SELECT c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
        p.oid AS parent, p.relowner AS parent_owner, p.relrowsecurity AS parent_rowsecurity
    FROM pg_catalog.pg_inherits AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relispartition
    JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent AND p.relkind = 'p'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
),
-- With the parent: to look it up again would run all of this for each partition.
differences (oid, parent, what) AS (
    SELECT p.oid, p.parent, 'its owner is ' || p.relowner::regrole
    FROM partitions AS p
    WHERE p.relowner <> p.parent_owner
    UNION ALL
    SELECT p.oid, p.parent, 'row level security is not enabled and forced'
    FROM partitions AS p
    WHERE NOT (p.relrowsecurity AND p.relforcerowsecurity)
    UNION ALL
    SELECT p.oid, p.parent, 'others than its owner have rights on it'
    FROM partitions AS p
    WHERE EXISTS (
        SELECT FROM pg_catalog.aclexplode(p.relacl) AS x WHERE x.grantee <> p.relowner
    )
    UNION ALL
    SELECT p.oid, p.parent, format('policy %I is not the owner''s', o.polname)
    FROM partitions AS p
    JOIN pg_catalog.pg_policy AS o ON o.polrelid = p.oid
    WHERE o.polroles <> ARRAY[p.relowner]
    UNION ALL
    SELECT p.oid, p.parent, format('trigger %I is not its parent''s', t.tgname)
    FROM partitions AS p
    JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = p.oid
    WHERE NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT p.oid, p.parent, format('trigger %I is not enabled as its parent''s is', t.tgname)
    FROM partitions AS p
    JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = p.oid
    JOIN pg_catalog.pg_trigger AS r ON r.oid = t.tgparentid
    WHERE t.tgenabled <> r.tgenabled
    UNION ALL
    SELECT p.oid, p.parent, format('constraint %I is not its parent''s', k.conname)
    FROM partitions AS p
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = p.oid
    WHERE k.contype IN ('c', 'p', 'u', 'f', 'x') AND k.coninhcount = 0
    UNION ALL
    SELECT p.oid, p.parent, format('index %s is not its parent''s', x.indexrelid::regclass)
    FROM partitions AS p
    JOIN pg_catalog.pg_index AS x ON x.indrelid = p.oid
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = x.indexrelid
    )
    UNION ALL
    SELECT p.oid, p.parent, format('it lacks the index %s', x.indexrelid::regclass)
    FROM partitions AS p
    JOIN pg_catalog.pg_index AS x ON x.indrelid = p.parent
    WHERE (x.indexrelid, p.oid) NOT IN (
        SELECT i.inhparent, y.indrelid
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_index AS y ON y.indexrelid = i.inhrelid
    )
    UNION ALL
    SELECT p.oid, p.parent, format('column %I differs in %s', a.attname, difference.what)
    FROM partitions AS p
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = p.parent AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_attribute AS b ON b.attrelid = p.oid AND b.attname = a.attname
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = p.parent AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = p.oid AND e.adnum = b.attnum
    CROSS JOIN LATERAL (
        VALUES
            ('NOT NULL', a.attnotnull <> b.attnotnull),
            (
                'default',
                pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                IS DISTINCT FROM pg_catalog.pg_get_expr(e.adbin, e.adrelid)
            ),
            ('storage', a.attstorage <> b.attstorage),
            ('compression', a.attcompression <> b.attcompression)
    ) AS difference (what, is_there)
    WHERE difference.is_there
)
SELECT
    'partition_drift' AS name,
    'A partition is not what its table is' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['PARTITIONS', 'CATALOGUE'] AS categories,
    'Columns and rules of a table hold in its partitions; indexes, rights and defaults of a'
    ' partition are its own.' AS description,
    format(
        '%s, a partition of %s: %s.', d.oid::regclass, d.parent::regclass,
        pg_catalog.string_agg(d.what, '; ' ORDER BY d.what)
    ) AS detail,
    'SELECT kernel.align_partition(...) mends rights and policies; the rest is ALTER TABLE on the'
    ' partition.' AS remediation,
    jsonb_build_object(
        'parent', d.parent::regclass::text, 'partition', d.oid::regclass::text
    ) AS metadata,
    format('partition_drift:%s', d.oid::regclass) AS cache_key
FROM differences AS d
GROUP BY d.oid, d.parent;
