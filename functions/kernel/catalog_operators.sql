CREATE OR REPLACE FUNCTION kernel.catalog_operators(p_schemas text[])
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
            format('%s returning %s', o.oprcode::regprocedure, format_type(o.oprresult, NULL)),
            'commutator: ' || nullif(o.oprcom, 0)::regoperator::text,
            'negator: ' || nullif(o.oprnegate, 0)::regoperator::text,
            'restriction estimator: ' || nullif(o.oprrest::oid, 0)::regproc::text,
            'join estimator: ' || nullif(o.oprjoin::oid, 0)::regproc::text,
            CASE WHEN o.oprcanhash THEN 'hashes' END,
            CASE WHEN o.oprcanmerge THEN 'merges' END,
            'owner: ' || o.oprowner::regrole::text
        )
    FROM kernel.catalog_members(p_schemas) AS m
    JOIN pg_operator AS o ON o.oid = m.objid
    WHERE m.classid = 'pg_operator'::regclass
    UNION ALL
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
    FROM kernel.catalog_members(p_schemas) AS m
    JOIN pg_opclass AS o ON o.oid = m.objid
    CROSS JOIN pg_identify_object('pg_opfamily'::regclass, o.opcfamily, 0) AS f
    WHERE m.classid = 'pg_opclass'::regclass
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
    FROM kernel.catalog_members(p_schemas) AS m
    JOIN pg_opfamily AS o ON o.oid = m.objid
    WHERE m.classid = 'pg_opfamily'::regclass
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            ' ', 'context', c.castcontext, 'method', c.castmethod,
            nullif(c.castfunc, 0)::regprocedure
        )
    FROM kernel.catalog_members(p_schemas) AS m
    JOIN pg_cast AS c ON c.oid = m.objid
    WHERE m.classid = 'pg_cast'::regclass
$$;

COMMENT ON FUNCTION kernel.catalog_operators(text[]) IS
'Operators, operator classes and families, and casts of some schemas, as rows of a catalogue
snapshot.';
