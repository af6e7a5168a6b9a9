CREATE OR REPLACE FUNCTION kernel.catalog_publications(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH publications AS (
        SELECT m.kind, m.identity, p.*
        FROM kernel.catalog_members_of(p_schemas, 'pg_publication') AS m
        JOIN pg_publication AS p ON p.oid = m.objid
    )
    SELECT
        p.kind,
        p.identity,
        concat_ws(
            E'\n',
            concat_ws(
                ', ',
                CASE WHEN p.puballtables THEN 'all tables' END,
                CASE WHEN p.pubinsert THEN 'insert' END,
                CASE WHEN p.pubupdate THEN 'update' END,
                CASE WHEN p.pubdelete THEN 'delete' END,
                CASE WHEN p.pubtruncate THEN 'truncate' END,
                CASE WHEN p.pubviaroot THEN 'through the root' END
            ),
            -- From 18 on.
            'generated columns: ' || nullif(to_jsonb(p) ->> 'pubgencols', 'n'),
            'owner: ' || p.pubowner::regrole::text
        )
    FROM publications AS p
    UNION ALL
    SELECT
        'publication relation',
        format('%s in %s', r.prrelid::regclass, p.identity),
        concat_ws(
            E'\n',
            'columns: ' || (
                SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
                FROM pg_attribute AS a
                WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)
            ),
            'where: ' || pg_get_expr(r.prqual, r.prrelid)
        )
    FROM publications AS p
    JOIN pg_publication_rel AS r ON r.prpubid = p.oid
    UNION ALL
    SELECT 'publication namespace', format('%s in %s', n.pnnspid::regnamespace, p.identity), ''
    FROM publications AS p
    JOIN pg_publication_namespace AS n ON n.pnpubid = p.oid
$$;

COMMENT ON FUNCTION kernel.catalog_publications(text[]) IS
'Publications of some schemas'' tables, as rows of a catalogue snapshot.';
