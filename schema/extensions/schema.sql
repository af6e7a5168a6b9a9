CREATE SCHEMA IF NOT EXISTS extensions;

COMMENT ON SCHEMA extensions IS
'Types, functions and operators of the extensions that apps of this database need. Nothing else.';

GRANT USAGE ON SCHEMA extensions TO strongroom_client;
