CREATE OR REPLACE FUNCTION kernel.actor()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('kernel.actor', true), '');

COMMENT ON FUNCTION kernel.actor() IS
'Who or what acts in this transaction (a program, a job, a member of staff), or NULL.';

GRANT EXECUTE ON FUNCTION kernel.actor() TO strongroom_client;
