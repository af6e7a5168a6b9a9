CREATE OR REPLACE FUNCTION kernel.catalog_sequences(p_schemas text[])
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
            format(
                '%s START %s INCREMENT %s MINVALUE %s MAXVALUE %s CACHE %s%s',
                format_type(q.seqtypid, NULL),
                q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
                CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END
            ),
            'owner: ' || c.relowner::regrole::text,
            'access: ' || kernel.acl_text(c.relacl, 's', c.relowner),
            'persistence: ' || CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
            'owned by: ' || (
                SELECT pg_identify_object.identity
                FROM pg_depend AS d
                CROSS JOIN pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid)
                WHERE d.classid = 'pg_class'::regclass
                  AND d.objid = c.oid
                  AND d.refobjsubid > 0
                  AND d.deptype IN ('a', 'i')
            )
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_class') AS m
    JOIN pg_class AS c ON c.oid = m.objid
    JOIN pg_sequence AS q ON q.seqrelid = c.oid
$$;

COMMENT ON FUNCTION kernel.catalog_sequences(text[]) IS
'Sequences of some schemas, those of identity columns too, as rows of a catalogue snapshot.';
