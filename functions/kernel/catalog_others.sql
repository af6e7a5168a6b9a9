CREATE OR REPLACE FUNCTION kernel.catalog_others(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH members AS MATERIALIZED (
        SELECT m.classid, m.objid, m.kind, m.identity
        FROM kernel.catalog_members(p_schemas) AS m
    )
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            'owner: ' || n.nspowner::regrole::text,
            'access: ' || kernel.acl_text(n.nspacl, 'n', n.nspowner)
        )
    FROM members AS m
    JOIN pg_namespace AS n ON n.oid = m.objid
    WHERE m.classid = 'pg_namespace'::regclass
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            pg_get_statisticsobjdef(s.oid),
            -- The column is NULL where 15 and 16 write -1.
            'target: ' || nullif(to_jsonb(s) ->> 'stxstattarget', '-1'),
            'owner: ' || s.stxowner::regrole::text
        )
    FROM members AS m
    JOIN pg_statistic_ext AS s ON s.oid = m.objid
    WHERE m.classid = 'pg_statistic_ext'::regclass
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        -- What has changed between versions is left to the version: all but names and identifiers.
        (
            SELECT string_agg(format('%s: %s', f.key, f.value), E'\n' ORDER BY f.key COLLATE "C")
            FROM jsonb_each_text(
                to_jsonb(c) - ARRAY['oid', 'collname', 'collnamespace', 'collowner', 'collversion']
            ) AS f
            WHERE f.value IS NOT NULL
        ) || E'\nowner: ' || c.collowner::regrole::text
    FROM members AS m
    JOIN pg_collation AS c ON c.oid = m.objid
    WHERE m.classid = 'pg_collation'::regclass
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        format(
            E'%s to %s by %s%s\nowner: %s', pg_encoding_to_char(c.conforencoding),
            pg_encoding_to_char(c.contoencoding), c.conproc,
            CASE WHEN c.condefault THEN ' by default' ELSE '' END, c.conowner::regrole
        )
    FROM members AS m
    JOIN pg_conversion AS c ON c.oid = m.objid
    WHERE m.classid = 'pg_conversion'::regclass
    UNION ALL
    SELECT m.kind, m.identity, 'schema: ' || e.extnamespace::regnamespace::text
    FROM members AS m
    JOIN pg_extension AS e ON e.oid = m.objid
    WHERE m.classid = 'pg_extension'::regclass
$$;

COMMENT ON FUNCTION kernel.catalog_others(text[]) IS
'Schemas, statistics objects, collations, conversions and extensions of some schemas, as rows of a
catalogue snapshot.';
