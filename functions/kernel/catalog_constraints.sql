CREATE OR REPLACE FUNCTION kernel.catalog_constraints(p_schemas text[])
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
            pg_get_constraintdef(c.oid),
            CASE WHEN NOT c.convalidated THEN 'not validated' END,
            CASE WHEN c.connoinherit AND c.contype = 'c' THEN 'not inherited' END,
            CASE WHEN c.coninhcount > 0 THEN 'inherited' END,
            CASE WHEN c.coninhcount > 0 AND c.conislocal THEN 'declared here too' END,
            -- ALTER TABLE ... DISABLE TRIGGER ALL turns foreign keys off.
            CASE
                WHEN EXISTS (
                    SELECT FROM pg_trigger AS t WHERE t.tgconstraint = c.oid AND t.tgenabled <> 'O'
                ) THEN 'triggers are not enabled as usual'
            END
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_constraint') AS m
    JOIN pg_constraint AS c ON c.oid = m.objid
$$;

COMMENT ON FUNCTION kernel.catalog_constraints(text[]) IS
'Constraints of some schemas'' tables and domains, as rows of a catalogue snapshot. NOT NULL is
shown with its column, for it has a row of its own only from 18 on.';
