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
    JOIN chatsphere.chatbots AS c ON c.user_id = s.user_id AND c.id = s.chatbot_id
    JOIN chatsphere.users AS u ON u.id = s.user_id
    WHERE s.token_hash = chatsphere.hash_secret(p_session_token)
      -- Who switches a bot off ends what it says, to those who speak with it as well.
      AND c.is_active
      AND u.is_active
      AND u.erased_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP013',
            MESSAGE = 'this token opens no conversation',
            DETAIL = 'It is wrong, the conversation has ended, a newer token was given, or the bot is'
                ' switched off.',
            HINT = 'Open a conversation by open_session.';
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.require_session(text) IS
'The open conversation, with an active bot, that this token of a visitor opens. Raises SP013 UnknownSession.';

GRANT EXECUTE ON FUNCTION chatsphere.require_session(text) TO chatsphere_definer;
