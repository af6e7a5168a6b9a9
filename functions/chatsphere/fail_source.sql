CREATE OR REPLACE FUNCTION chatsphere.fail_source(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_lease_id uuid,
    p_error_message text,
    p_is_final boolean DEFAULT false
)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_attempts CONSTANT integer
        := chatsphere.lock_lease(p_user_id, p_chatbot_id, p_source_id, p_lease_id);
    v_again_at timestamptz;
BEGIN
    IF v_attempts >= 5 OR p_is_final THEN
        PERFORM chatsphere.end_training_job(
            p_user_id, p_chatbot_id, p_source_id, 'failed', p_error_message
        );
        RETURN NULL;
    END IF;
    -- Half a minute, one, two, four; and a quarter more or less, so that what failed together does
    -- not come back together.
    v_again_at := now() + interval '30 seconds' * (2 ^ (v_attempts - 1)) * (0.75 + random() / 2);
    UPDATE chatsphere.training_jobs AS j
    SET available_at = v_again_at,
        lease_id = NULL
    WHERE j.user_id = p_user_id AND j.chatbot_id = p_chatbot_id AND j.source_id = p_source_id;
    UPDATE chatsphere.training_sources AS s
    SET error_message = p_error_message
    WHERE s.user_id = p_user_id AND s.chatbot_id = p_chatbot_id AND s.id = p_source_id;
    RETURN v_again_at;
END;
$$;

COMMENT ON FUNCTION chatsphere.fail_source(uuid, uuid, uuid, uuid, text, boolean) IS
'Says that an attempt failed, and why, without personal data: when it is tried again, after a pause
that doubles; NULL when it is given up, after five attempts or because it is final.
Raises SP012 LeaseLost.';

ALTER FUNCTION chatsphere.fail_source(uuid, uuid, uuid, uuid, text, boolean)
OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.fail_source(uuid, uuid, uuid, uuid, text, boolean)
TO chatsphere_worker;
