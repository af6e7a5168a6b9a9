CREATE OR REPLACE FUNCTION kernel.user_text()
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('kernel.user_id', true), '');

COMMENT ON FUNCTION kernel.user_text() IS
'The user whom this transaction acts for, as the session wrote it, or NULL: for tables of the kernel,
which keep people of every app.';

GRANT EXECUTE ON FUNCTION kernel.user_text() TO strongroom_client;
