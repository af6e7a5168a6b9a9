CREATE OR REPLACE FUNCTION kernel.catalog_indexes(p_schemas text[])
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
            pg_get_indexdef(i.indexrelid),
            CASE WHEN NOT i.indisvalid THEN 'not valid' END,
            CASE WHEN NOT i.indisready THEN 'not ready' END,
            CASE WHEN i.indisclustered THEN 'clustered' END,
            CASE WHEN NOT i.indimmediate THEN 'deferrable' END,
            'tablespace: ' || s.spcname,
            'part of: ' || (
                SELECT string_agg(h.inhparent::regclass::text, ', ')
                FROM pg_inherits AS h
                WHERE h.inhrelid = c.oid
            ),
            'statistics: ' || (
                SELECT string_agg(
                    format('%s=%s', a.attnum, a.attstattarget), ', ' ORDER BY a.attnum
                )
                FROM pg_attribute AS a
                WHERE a.attrelid = c.oid AND a.attstattarget >= 0
            )
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_class') AS m
    JOIN pg_class AS c ON c.oid = m.objid
    JOIN pg_index AS i ON i.indexrelid = c.oid
    LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
$$;

COMMENT ON FUNCTION kernel.catalog_indexes(text[]) IS
'Indexes of some schemas, as rows of a catalogue snapshot.';
