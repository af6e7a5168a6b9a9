CREATE OR REPLACE FUNCTION astroloh.give_consent(p_version integer, p_method text)
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
    UPDATE astroloh.users AS u SET data_consent = true WHERE u.id = v_user;
    v_is_new := kernel.give_consent('data_processing', p_version, p_method);
    IF v_is_new THEN
        INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
        VALUES ('consent', v_user, 'data_processing was agreed to', true);
    END IF;
    RETURN v_is_new;
END;
$$;

COMMENT ON FUNCTION astroloh.give_consent(integer, text) IS
'The current user agrees to the processing of their data, in the wording that they were shown; false
where they had agreed to it already. An event of security. Raises what kernel.give_consent() raises.
@nonnull';

ALTER FUNCTION astroloh.give_consent(integer, text) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.give_consent(integer, text) TO astroloh_app, astroloh_worker;
