CREATE OR REPLACE FUNCTION kernel.request_id()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('kernel.request_id', true), '');

COMMENT ON FUNCTION kernel.request_id() IS
'The request that this transaction serves, to find it again in logs, or NULL.';

GRANT EXECUTE ON FUNCTION kernel.request_id() TO strongroom_client;
