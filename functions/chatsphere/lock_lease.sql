CREATE OR REPLACE FUNCTION chatsphere.lock_lease(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_lease_id uuid
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_attempts integer;
BEGIN
    SELECT j.attempts
    INTO v_attempts
    FROM chatsphere.training_jobs AS j
    WHERE j.user_id = p_user_id
      AND j.chatbot_id = p_chatbot_id
      AND j.source_id = p_source_id
      AND j.lease_id = p_lease_id
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP012',
            MESSAGE = 'this worker does not have the source any more',
            DETAIL = 'The lease was over and another worker took it, or it is done, or deleted.',
            HINT = 'Throw the work away. Where it takes long, call extend_lease in time.';
    END IF;
    RETURN v_attempts;
END;
$$;

COMMENT ON FUNCTION chatsphere.lock_lease(uuid, uuid, uuid, uuid) IS
'How often the source was taken, if this lease still holds it; until the end of the transaction
nobody else takes it. Raises SP012 LeaseLost.';

GRANT EXECUTE ON FUNCTION chatsphere.lock_lease(uuid, uuid, uuid, uuid) TO chatsphere_definer;
