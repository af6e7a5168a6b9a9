CREATE OR REPLACE FUNCTION astroloh.withdraw_consent(p_method text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user CONSTANT uuid := kernel.require_user_uuid();
    v_is_new boolean;
BEGIN
    -- Before the ledger, so that who writes of the person comes before or after this.
    UPDATE astroloh.users AS u SET data_consent = false WHERE u.id = v_user;
    v_is_new := kernel.withdraw_consent('data_processing', p_method);
    IF v_is_new THEN
        INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
        VALUES ('consent', v_user, 'data_processing was withdrawn', true);
    END IF;
    RETURN v_is_new;
END;
$$;

COMMENT ON FUNCTION astroloh.withdraw_consent(text) IS
'The current user agrees to the processing of their data no more; false where they did not. An event
of security. Raises what kernel.withdraw_consent() raises.
@nonnull';

ALTER FUNCTION astroloh.withdraw_consent(text) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.withdraw_consent(text) TO astroloh_app, astroloh_worker;
