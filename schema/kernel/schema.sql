CREATE SCHEMA IF NOT EXISTS kernel;

COMMENT ON SCHEMA kernel IS
'What every app needs once: identity, keys, data classes, and the rules that may not be broken.';

GRANT USAGE ON SCHEMA kernel
TO strongroom_client, strongroom_definer, strongroom_auditor, strongroom_runner, pg_monitor;

-- A function can only be given to a role that may create in its schema. Nobody can become this role.
GRANT CREATE ON SCHEMA kernel TO strongroom_definer;
