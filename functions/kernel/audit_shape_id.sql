CREATE OR REPLACE FUNCTION kernel.audit_shape_id(p_columns jsonb)
RETURNS bigint
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN (
    'x' || pg_catalog.encode(
        substring(pg_catalog.sha256(pg_catalog.convert_to(p_columns::text, 'UTF8')) FOR 8), 'hex'
    )
)::bit(64)::bigint;

COMMENT ON FUNCTION kernel.audit_shape_id(jsonb) IS
'The number of a list of audited columns: the first eight bytes of its SHA-256.';

GRANT EXECUTE ON FUNCTION kernel.audit_shape_id(jsonb) TO strongroom_runner, strongroom_definer, pg_monitor;
