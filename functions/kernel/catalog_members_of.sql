CREATE OR REPLACE FUNCTION kernel.catalog_members_of(p_schemas text[], p_class regclass)
RETURNS TABLE (classid oid, objid oid, kind text, identity text)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
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
    WHERE (p_class IS NULL OR m.classid = p_class)
      AND NOT EXISTS (
          SELECT
          FROM pg_depend AS d
          WHERE d.classid = m.classid AND d.objid = m.objid AND d.deptype = 'e'
          -- By the index: few are asked about, and all of it would be read else.
          OFFSET 0
      )
      AND (m.classid, m.objid) NOT IN (
          SELECT p.classid, p.objid FROM kernel.catalog_partition_parts(p_schemas) AS p
      );
END;
$$;

COMMENT ON FUNCTION kernel.catalog_members_of(text[], regclass) IS
'Those of kernel.catalog_members() that are in one catalogue, as pg_proc; all where it is NULL. What
PostgreSQL calls an object takes long to find out, and is asked of these alone.';
