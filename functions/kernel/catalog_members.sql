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
    relations AS (
        SELECT c.oid FROM pg_class AS c JOIN wanted AS w ON w.oid = c.relnamespace
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
    routines AS (
        SELECT p.oid FROM pg_proc AS p JOIN wanted AS w ON w.oid = p.pronamespace
    ),
    members (classid, objid) AS (
        SELECT 'pg_namespace'::regclass::oid, w.oid FROM wanted AS w
        UNION ALL
        SELECT 'pg_class'::regclass, r.oid FROM relations AS r
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid FROM types AS t
        UNION ALL
        SELECT 'pg_proc'::regclass, r.oid FROM routines AS r
        UNION ALL
        -- NOT NULL belongs to its column: a row of its own only from 18 on.
        SELECT 'pg_constraint'::regclass, c.oid
        FROM pg_constraint AS c
        JOIN wanted AS w ON w.oid = c.connamespace
        WHERE c.contype NOT IN ('n', 't')
        UNION ALL
        SELECT 'pg_trigger'::regclass, t.oid
        FROM pg_trigger AS t
        JOIN relations AS r ON r.oid = t.tgrelid
        WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 'pg_policy'::regclass, p.oid
        FROM pg_policy AS p
        JOIN relations AS r ON r.oid = p.polrelid
        UNION ALL
        SELECT 'pg_rewrite'::regclass, e.oid
        FROM pg_rewrite AS e
        JOIN relations AS r ON r.oid = e.ev_class
        WHERE e.rulename <> '_RETURN'
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, s.oid
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
        JOIN wanted AS w ON w.oid = e.extnamespace
        UNION ALL
        SELECT 'pg_event_trigger'::regclass, e.oid
        FROM pg_event_trigger AS e
        JOIN routines AS r ON r.oid = e.evtfoid
        UNION ALL
        SELECT 'pg_cast'::regclass, c.oid
        FROM pg_cast AS c
        WHERE c.castfunc IN (SELECT r.oid FROM routines AS r)
           OR EXISTS (
               SELECT
               FROM pg_type AS t
               JOIN wanted AS w ON w.oid = t.typnamespace
               WHERE t.oid IN (c.castsource, c.casttarget)
           )
        UNION ALL
        SELECT 'pg_publication'::regclass, p.oid
        FROM pg_publication AS p
        WHERE p.puballtables
           OR p.oid IN (
               SELECT e.prpubid
               FROM pg_publication_rel AS e
               JOIN relations AS r ON r.oid = e.prrelid
           )
           OR p.oid IN (
               SELECT e.pnpubid
               FROM pg_publication_namespace AS e
               JOIN wanted AS w ON w.oid = e.pnnspid
           )
    )
    SELECT m.classid, m.objid, id.type, id.identity
    FROM members AS m
    CROSS JOIN pg_identify_object(m.classid, m.objid, 0) AS id
    WHERE NOT EXISTS (
        SELECT
        FROM pg_depend AS d
        WHERE d.classid = m.classid AND d.objid = m.objid AND d.deptype = 'e'
    )
$$;

COMMENT ON FUNCTION kernel.catalog_members(text[]) IS
'Every object that belongs to some schemas, with the kind and name that PostgreSQL itself gives it.
Members of extensions are left out: they belong to the extension.';
