CREATE OR REPLACE FUNCTION chatsphere.require_session(
    p_session_token text,
    OUT user_id uuid,
    OUT chatbot_id uuid,
    OUT session_id uuid,
    OUT last_active_at timestamptz
)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
AS $$
BEGIN
    SELECT s.user_id, s.chatbot_id, s.id, s.last_active_at
    INTO user_id, chatbot_id, session_id, last_active_at
    FROM chatsphere.chat_sessions AS s
    WHERE s.token_hash = chatsphere.hash_secret(p_session_token);
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP013',
            MESSAGE = 'this token opens no conversation',
            DETAIL = 'It is wrong, or the conversation has ended, or a newer token was given.',
            HINT = 'Open a conversation by open_session.';
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.require_session(text) IS
'The open conversation that this token of a visitor opens. Raises SP013 UnknownSession.';

GRANT EXECUTE ON FUNCTION chatsphere.require_session(text) TO chatsphere_definer;
