CREATE OR REPLACE FUNCTION chatsphere.answer(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_session_id uuid,
    p_content text,
    p_tokens_used integer,
    p_role text DEFAULT 'assistant',
    p_metadata jsonb DEFAULT NULL
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid;
BEGIN
    IF p_role = 'user' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP014',
            MESSAGE = 'visitors speak for themselves',
            DETAIL = 'What a visitor says comes with the visitor''s token.',
            HINT = 'Answer as assistant or system.';
    END IF;
    INSERT INTO chatsphere.chat_messages (
        user_id, chatbot_id, session_id, role, content, tokens_used, metadata
    )
    VALUES (
        p_user_id, p_chatbot_id, p_session_id, p_role, p_content, p_tokens_used,
        coalesce(p_metadata, '{}')
    )
    RETURNING id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.answer(uuid, uuid, uuid, text, integer, text, jsonb) IS
'What a bot answers, and how many tokens that took; the key of the message. A conversation that is
not there violates chat_messages_session_id_fkey (UnknownConversation). Raises SP014 NotTheBot.
@nonnull';

ALTER FUNCTION chatsphere.answer(uuid, uuid, uuid, text, integer, text, jsonb)
OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.answer(uuid, uuid, uuid, text, integer, text, jsonb)
TO chatsphere_worker;
