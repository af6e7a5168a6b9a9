CREATE OR REPLACE FUNCTION kernel.trusted_app()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN pg_catalog.pg_has_role(
        pg_catalog.to_regrole(pg_catalog.quote_ident(kernel.current_app() || '_worker')), 'USAGE'
    ) OR pg_catalog.pg_has_role(
        pg_catalog.to_regrole(pg_catalog.quote_ident(kernel.current_app() || '_definer')), 'USAGE'
    ) THEN kernel.current_app()
END;

COMMENT ON FUNCTION kernel.trusted_app() IS
'The app of this transaction, if its role may know everybody in it: the worker, or the owner of the
app''s definer functions, inside of these; else NULL.';

GRANT EXECUTE ON FUNCTION kernel.trusted_app() TO strongroom_client;
