CREATE OR REPLACE FUNCTION chatsphere.end_training_job(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_status text,
    p_error_message text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    DELETE FROM chatsphere.training_jobs AS j
    WHERE j.user_id = p_user_id AND j.chatbot_id = p_chatbot_id AND j.source_id = p_source_id;
    UPDATE chatsphere.training_sources AS s
    SET status = p_status,
        processed_at = pg_catalog.now(),
        error_message = p_error_message
    WHERE s.user_id = p_user_id AND s.chatbot_id = p_chatbot_id AND s.id = p_source_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.end_training_job(uuid, uuid, uuid, text, text) IS
'Takes a source off the queue, learned or given up.';

GRANT EXECUTE ON FUNCTION chatsphere.end_training_job(uuid, uuid, uuid, text, text)
TO chatsphere_definer;
