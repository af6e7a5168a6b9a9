CREATE OR REPLACE FUNCTION kernel.served_app()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN pg_catalog.pg_has_role(
        pg_catalog.to_regrole(pg_catalog.quote_ident(kernel.current_app() || '_app')), 'USAGE'
    ) THEN kernel.current_app()
END;

COMMENT ON FUNCTION kernel.served_app() IS
'The app of this transaction, if its role is that for requests of people; else NULL.';

GRANT EXECUTE ON FUNCTION kernel.served_app() TO strongroom_client;
