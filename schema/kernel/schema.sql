CREATE SCHEMA IF NOT EXISTS kernel;

COMMENT ON SCHEMA kernel IS
'What every app needs once: identity, keys, data classes, and the rules that may not be broken.';

GRANT USAGE ON SCHEMA kernel TO strongroom_client;
