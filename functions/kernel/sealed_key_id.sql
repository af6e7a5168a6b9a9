CREATE OR REPLACE FUNCTION kernel.sealed_key_id(p_envelope bytea)
RETURNS bigint
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN ('x' || pg_catalog.encode(substring(p_envelope FROM 2 FOR 8), 'hex'))::bit(64)::bigint;

COMMENT ON FUNCTION kernel.sealed_key_id(bytea) IS
'The number of the data key that sealed a value.';

GRANT EXECUTE ON FUNCTION kernel.sealed_key_id(bytea)
TO strongroom_client, strongroom_definer, strongroom_runner;
