CREATE OR REPLACE FUNCTION kernel.audit_free(p_relation regclass)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- What waits for its seal is the log as well.
    IF kernel.erasure_free('kernel.audit_log') = 'false' THEN
        RETURN 'false';
    END IF;
    RETURN kernel.erasure_free(p_relation);
END;
$$;

COMMENT ON FUNCTION kernel.audit_free(regclass) IS
'SQL that is true of the entries t of kernel.audit_log or kernel.audit_inbox that no legal hold keeps:
on somebody whom they are about as well, or on the log. For use under kernel.lock_pins(), at the
settings of kernel.canonical_row_key.';
