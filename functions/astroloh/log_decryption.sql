CREATE OR REPLACE FUNCTION astroloh.log_decryption(p_what text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
    VALUES ('decryption', kernel.require_user_uuid(), p_what, true);
    RETURN true;
END;
$$;

COMMENT ON FUNCTION astroloh.log_decryption(text) IS
'Appends to the security log that sealed values of the current user are given out; true, so that a
query can ask for it: what is not written down is not given out. Raises KR001 MissingIdentity.
@nonnull';

ALTER FUNCTION astroloh.log_decryption(text) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.log_decryption(text) TO astroloh_app;
