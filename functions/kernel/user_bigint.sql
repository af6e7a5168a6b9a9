CREATE OR REPLACE FUNCTION kernel.user_bigint()
RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('kernel.user_id', true), '')::bigint;

COMMENT ON FUNCTION kernel.user_bigint() IS
'The user whom this transaction acts for, in apps keyed by bigint, or NULL. A value that is no
bigint raises invalid_text_representation: a wrong identity must not pass for none.';

GRANT EXECUTE ON FUNCTION kernel.user_bigint() TO strongroom_client, strongroom_definer;
