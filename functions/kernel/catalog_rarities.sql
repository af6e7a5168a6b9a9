CREATE OR REPLACE FUNCTION kernel.catalog_rarities(p_schemas text[])
RETURNS TABLE (classid oid, objid oid)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH wanted AS (
        SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = ANY (p_schemas)
    )
    SELECT 'pg_statistic_ext'::regclass::oid, s.oid
    FROM pg_statistic_ext AS s
    JOIN wanted AS w ON w.oid = s.stxnamespace
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid
    FROM pg_operator AS o
    JOIN wanted AS w ON w.oid = o.oprnamespace
    UNION ALL
    SELECT 'pg_opclass'::regclass, o.oid
    FROM pg_opclass AS o
    JOIN wanted AS w ON w.oid = o.opcnamespace
    UNION ALL
    SELECT 'pg_opfamily'::regclass, o.oid
    FROM pg_opfamily AS o
    JOIN wanted AS w ON w.oid = o.opfnamespace
    UNION ALL
    SELECT 'pg_collation'::regclass, c.oid
    FROM pg_collation AS c
    JOIN wanted AS w ON w.oid = c.collnamespace
    UNION ALL
    SELECT 'pg_conversion'::regclass, c.oid
    FROM pg_conversion AS c
    JOIN wanted AS w ON w.oid = c.connamespace
    UNION ALL
    SELECT 'pg_ts_config'::regclass, c.oid
    FROM pg_ts_config AS c
    JOIN wanted AS w ON w.oid = c.cfgnamespace
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid
    FROM pg_ts_dict AS d
    JOIN wanted AS w ON w.oid = d.dictnamespace
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, p.oid
    FROM pg_ts_parser AS p
    JOIN wanted AS w ON w.oid = p.prsnamespace
    UNION ALL
    SELECT 'pg_ts_template'::regclass, t.oid
    FROM pg_ts_template AS t
    JOIN wanted AS w ON w.oid = t.tmplnamespace
    UNION ALL
    SELECT 'pg_extension'::regclass, e.oid
    FROM pg_extension AS e
    JOIN wanted AS w ON w.oid = e.extnamespace;
END;
$$;

COMMENT ON FUNCTION kernel.catalog_rarities(text[]) IS
'What few databases have in some schemas: statistics objects, operators with their classes and
families, collations, conversions, text search, extensions.';
