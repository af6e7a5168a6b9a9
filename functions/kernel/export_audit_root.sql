CREATE OR REPLACE FUNCTION kernel.export_audit_root()
RETURNS TABLE (batch bigint, chain text, system_identifier bigint, sealed_at timestamptz)
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.batch, encode(s.chain, 'hex'), s.system_identifier, s.sealed_at
    FROM kernel.audit_seal AS s
    ORDER BY s.batch DESC
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.export_audit_root() IS
'The newest seal, for keeping where the people who run this database can''t reach it: its batch and
chain value are what kernel.verify_audit takes. No row while nothing is sealed.';

ALTER FUNCTION kernel.export_audit_root() OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.export_audit_root() TO strongroom_runner, strongroom_auditor;
