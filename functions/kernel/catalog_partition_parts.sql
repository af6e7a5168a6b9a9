CREATE OR REPLACE FUNCTION kernel.catalog_partition_parts(p_schemas text[])
RETURNS TABLE (classid oid, objid oid)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE
    partitions (oid) AS (
        SELECT h.inhrelid
        FROM pg_partitioned_table AS t
        JOIN pg_inherits AS h ON h.inhparent = t.partrelid
        WHERE t.partstrat = 'r'
        UNION
        SELECT h.inhrelid
        FROM partitions AS p
        JOIN pg_inherits AS h ON h.inhparent = p.oid
    ),
    relations AS (
        SELECT c.oid
        FROM partitions AS p
        JOIN pg_class AS c ON c.oid = p.oid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY (p_schemas)
    )
    SELECT 'pg_class'::regclass::oid, r.oid FROM relations AS r
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid
    FROM pg_index AS i
    JOIN relations AS r ON r.oid = i.indrelid
    UNION ALL
    -- Sequences of identity and serial columns.
    SELECT d.classid, d.objid
    FROM pg_depend AS d
    JOIN relations AS r ON r.oid = d.refobjid
    JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    UNION ALL
    -- A foreign key that points to a partitioned table has a copy for each partition.
    SELECT 'pg_constraint'::regclass, k.oid
    FROM pg_constraint AS k
    JOIN relations AS r ON r.oid IN (k.conrelid, k.confrelid)
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid
    FROM pg_trigger AS t
    JOIN relations AS r ON r.oid = t.tgrelid
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid
    FROM pg_policy AS p
    JOIN relations AS r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'pg_rewrite'::regclass, e.oid
    FROM pg_rewrite AS e
    JOIN relations AS r ON r.oid = e.ev_class
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid
    FROM pg_statistic_ext AS s
    JOIN relations AS r ON r.oid = s.stxrelid;
END;
$$;

COMMENT ON FUNCTION kernel.catalog_partition_parts(text[]) IS
'Partitions of range-partitioned tables in some schemas, at any depth, with all that hangs on them:
data that depend on the date, not schema.';
