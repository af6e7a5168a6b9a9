CREATE OR REPLACE FUNCTION kernel.current_app()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('kernel.app', true), '');

COMMENT ON FUNCTION kernel.current_app() IS
'Name of the app that this transaction acts for, or NULL.';

GRANT EXECUTE ON FUNCTION kernel.current_app() TO strongroom_client;
