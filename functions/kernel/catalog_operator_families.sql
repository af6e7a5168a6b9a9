CREATE OR REPLACE FUNCTION kernel.catalog_operator_families(p_schemas text[])
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
                'for %s%s, keys %s, family %s',
                format_type(o.opcintype, NULL),
                CASE WHEN o.opcdefault THEN ' by default' ELSE '' END,
                coalesce(format_type(nullif(o.opckeytype, 0), NULL), 'as they are'),
                f.identity
            ),
            'owner: ' || o.opcowner::regrole::text
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_opclass') AS m
    JOIN pg_opclass AS o ON o.oid = m.objid
    CROSS JOIN pg_identify_object('pg_opfamily'::regclass, o.opcfamily, 0) AS f
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            (
                SELECT string_agg(
                    format(
                        'operator %s %s %s%s',
                        a.amopstrategy, a.amopopr::regoperator, a.amoppurpose,
                        ' ' || (
                            SELECT s.identity
                            FROM pg_identify_object(
                                'pg_opfamily'::regclass, a.amopsortfamily, 0
                            ) AS s
                        )
                    ),
                    E'\n' ORDER BY a.amopstrategy, a.amopopr::regoperator::text COLLATE "C"
                )
                FROM pg_amop AS a
                WHERE a.amopfamily = o.oid
            ),
            (
                SELECT string_agg(
                    format('function %s %s', a.amprocnum, a.amproc::regprocedure),
                    E'\n' ORDER BY a.amprocnum, a.amproc::regprocedure::text COLLATE "C"
                )
                FROM pg_amproc AS a
                WHERE a.amprocfamily = o.oid
            ),
            'owner: ' || o.opfowner::regrole::text
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_opfamily') AS m
    JOIN pg_opfamily AS o ON o.oid = m.objid
$$;

COMMENT ON FUNCTION kernel.catalog_operator_families(text[]) IS
'Operator classes and families of some schemas, as rows of a catalogue snapshot.';
