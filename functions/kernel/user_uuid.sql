CREATE OR REPLACE FUNCTION kernel.user_uuid()
RETURNS uuid
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN nullif(pg_catalog.current_setting('kernel.user_id', true), '')::uuid;

COMMENT ON FUNCTION kernel.user_uuid() IS
'The user whom this transaction acts for, in apps keyed by uuid, or NULL. A value that is no uuid
raises invalid_text_representation: a wrong identity must not pass for none.';

GRANT EXECUTE ON FUNCTION kernel.user_uuid() TO strongroom_client, strongroom_definer;
