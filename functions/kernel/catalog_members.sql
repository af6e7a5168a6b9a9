CREATE OR REPLACE FUNCTION kernel.catalog_members(p_schemas text[])
RETURNS TABLE (classid oid, objid oid, kind text, identity text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH
    wanted AS (
        SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = ANY (p_schemas)
    ),
    types AS (
        -- Arrays, multiranges and row types of tables come with what they belong to.
        SELECT t.oid
        FROM pg_type AS t
        JOIN wanted AS w ON w.oid = t.typnamespace
        LEFT JOIN pg_class AS c ON c.oid = t.typrelid
        WHERE t.typtype <> 'm'
          AND coalesce(c.relkind, 'c') = 'c'
          AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
    ),
    members (classid, objid) AS (
        SELECT 'pg_namespace'::regclass::oid, w.oid FROM wanted AS w
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid
        FROM pg_class AS c
        JOIN wanted AS w ON w.oid = c.relnamespace
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid FROM types AS t
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid
        FROM pg_proc AS p
        JOIN wanted AS w ON w.oid = p.pronamespace
        UNION ALL
        -- NOT NULL belongs to its column: a row of its own only from 18 on.
        SELECT 'pg_constraint'::regclass, c.oid
        FROM pg_constraint AS c
        JOIN wanted AS w ON w.oid = c.connamespace
        WHERE c.contype NOT IN ('n', 't')
        UNION ALL
        SELECT r.classid, r.objid FROM kernel.catalog_rarities(p_schemas) AS r
        UNION ALL
        SELECT d.classid, d.objid FROM kernel.catalog_dependents(p_schemas) AS d
    )
    SELECT m.classid, m.objid, id.type, id.identity
    FROM members AS m
    CROSS JOIN pg_identify_object(m.classid, m.objid, 0) AS id
    WHERE NOT EXISTS (
        SELECT
        FROM pg_depend AS d
        WHERE d.classid = m.classid AND d.objid = m.objid AND d.deptype = 'e'
    )
      AND (m.classid, m.objid) NOT IN (
          SELECT p.classid, p.objid FROM kernel.catalog_partition_parts(p_schemas) AS p
      )
$$;

COMMENT ON FUNCTION kernel.catalog_members(text[]) IS
'Every object that belongs to some schemas, with the kind and name that PostgreSQL itself gives it.
Members of extensions are left out: they belong to the extension. So are partitions of
range-partitioned tables: they depend on the date.';
