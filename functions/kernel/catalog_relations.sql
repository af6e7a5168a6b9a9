CREATE OR REPLACE FUNCTION kernel.catalog_relations(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            'owner: ' || c.relowner::regrole::text,
            'access: ' || kernel.acl_text(
                c.relacl, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner
            ),
            'persistence: ' || CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
            'method: ' || am.amname,
            'tablespace: ' || s.spcname,
            'options: ' || (
                SELECT string_agg(o.setting, ', ' ORDER BY o.setting COLLATE "C")
                FROM (
                    SELECT unnest(c.reloptions)
                    UNION ALL
                    SELECT 'toast.' || unnest(t.reloptions)
                ) AS o (setting)
            ),
            CASE WHEN c.relrowsecurity THEN 'row security: enabled' END,
            CASE WHEN c.relforcerowsecurity THEN 'row security: forced' END,
            CASE
                WHEN c.relkind IN ('r', 'p') AND c.relreplident <> 'd'
                    THEN 'replica identity: ' || CASE c.relreplident
                        WHEN 'f' THEN 'full'
                        WHEN 'n' THEN 'nothing'
                        ELSE 'index ' || (
                            SELECT i.indexrelid::regclass::text
                            FROM pg_index AS i
                            WHERE i.indrelid = c.oid AND i.indisreplident
                        )
                    END
            END,
            'of type: ' || nullif(c.reloftype, 0)::regtype::text,
            'partitioned by: ' || pg_get_partkeydef(c.oid),
            'partition: ' || pg_get_expr(c.relpartbound, c.oid),
            'inherits: ' || (
                SELECT string_agg(
                    h.inhparent::regclass::text
                    || CASE WHEN h.inhdetachpending THEN ' (detach pending)' ELSE '' END,
                    ', ' ORDER BY h.inhseqno
                )
                FROM pg_inherits AS h
                WHERE h.inhrelid = c.oid
            ),
            'query: ' || CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
            CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'not populated' END,
            (
                SELECT format('server: %s %s', f.srvname, ft.ftoptions)
                FROM pg_foreign_table AS ft
                JOIN pg_foreign_server AS f ON f.oid = ft.ftserver
                WHERE ft.ftrelid = c.oid
            )
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_class') AS m
    JOIN pg_class AS c ON c.oid = m.objid
    LEFT JOIN pg_class AS t ON t.oid = c.reltoastrelid
    LEFT JOIN pg_am AS am ON am.oid = c.relam
    LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
$$;

COMMENT ON FUNCTION kernel.catalog_relations(text[]) IS
'Tables, partitions, views and foreign tables of some schemas, as rows of a catalogue snapshot.';
