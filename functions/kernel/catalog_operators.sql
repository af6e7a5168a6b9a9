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
    FROM kernel.catalog_members_of(p_schemas, 'pg_operator') AS m
    JOIN pg_operator AS o ON o.oid = m.objid
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            ' ', 'context', c.castcontext, 'method', c.castmethod,
            nullif(c.castfunc, 0)::regprocedure
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_cast') AS m
    JOIN pg_cast AS c ON c.oid = m.objid
$$;

COMMENT ON FUNCTION kernel.catalog_operators(text[]) IS
'Operators and casts of some schemas, as rows of a catalogue snapshot.';
