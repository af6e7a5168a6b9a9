CREATE OR REPLACE FUNCTION kernel.catalog_routines(p_schemas text[])
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
            CASE
                WHEN a.aggfnoid IS NULL THEN pg_get_functiondef(p.oid)
                ELSE format(
                    'AGGREGATE %s RETURNS %s',
                    pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)
                )
            END,
            CASE
                WHEN a.aggfnoid IS NOT NULL
                    THEN concat_ws(
                        ' ', p.provolatile, p.proparallel, a.aggkind, a.aggnumdirectargs,
                        a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
                        a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn,
                        a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify, a.aggmfinalmodify,
                        nullif(a.aggsortop, 0)::regoperator,
                        a.aggtranstype::regtype, a.aggtransspace,
                        nullif(a.aggmtranstype, 0)::regtype, a.aggmtransspace,
                        quote_nullable(a.agginitval), quote_nullable(a.aggminitval)
                    )
            END,
            'owner: ' || p.proowner::regrole::text,
            'access: ' || kernel.acl_text(p.proacl, 'f', p.proowner)
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_proc') AS m
    JOIN pg_proc AS p ON p.oid = m.objid
    LEFT JOIN pg_aggregate AS a ON a.aggfnoid = p.oid
$$;

COMMENT ON FUNCTION kernel.catalog_routines(text[]) IS
'Functions, procedures and aggregates of some schemas, as rows of a catalogue snapshot.';
