CREATE OR REPLACE FUNCTION chatsphere.retry_source(p_chatbot_id uuid, p_source_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    UPDATE chatsphere.training_sources AS s
    SET status = 'pending', processed_at = NULL, error_message = NULL
    WHERE s.user_id = v_user_id
      AND s.chatbot_id = p_chatbot_id
      AND s.id = p_source_id
      AND s.status <> 'pending';
    IF FOUND THEN
        INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id)
        VALUES (v_user_id, p_chatbot_id, p_source_id);
        RETURN;
    END IF;
    PERFORM
    FROM chatsphere.training_sources AS s
    WHERE s.user_id = v_user_id AND s.chatbot_id = p_chatbot_id AND s.id = p_source_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP011',
            MESSAGE = 'no such source',
            DETAIL = 'This bot of the account of this transaction has no source with this id.',
            HINT = 'Take the id from list_sources.';
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.retry_source(uuid, uuid) IS
'Queues a source of the current user again that has failed, or was learned; one that is pending
stays as it is. Raises KR001 MissingIdentity, SP011 UnknownSource.';

ALTER FUNCTION chatsphere.retry_source(uuid, uuid) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.retry_source(uuid, uuid) TO chatsphere_app;
