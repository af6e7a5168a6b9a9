CREATE OR REPLACE FUNCTION chatsphere.say(
    p_session_token text,
    p_content text,
    p_metadata jsonb DEFAULT NULL,
    OUT message_id uuid,
    OUT created_at timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_session CONSTANT record := chatsphere.require_session(p_session_token);
BEGIN
    PERFORM chatsphere.take_usage(v_session.user_id, 1);
    INSERT INTO chatsphere.chat_messages (
        user_id, chatbot_id, session_id, role, content, tokens_used, metadata
    )
    VALUES (
        v_session.user_id, v_session.chatbot_id, v_session.session_id, 'user', p_content, 0,
        coalesce(p_metadata, '{}')
    )
    RETURNING id, created_at INTO message_id, created_at;
    IF v_session.last_active_at < now() - interval '1 minute' THEN
        UPDATE chatsphere.chat_sessions AS s
        SET last_active_at = now()
        WHERE s.user_id = v_session.user_id
          AND s.chatbot_id = v_session.chatbot_id
          AND s.id = v_session.session_id
          AND s.ended_at IS NULL;
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.say(text, text, jsonb) IS
'What a visitor says, by their token: key and moment of the message. It takes one call of what the
account may do. Runs without an identity.
Raises SP001 UsageLimitReached, SP002 UnknownAccount, SP013 UnknownSession.
@nonnull';

ALTER FUNCTION chatsphere.say(text, text, jsonb) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.say(text, text, jsonb) TO chatsphere_app;
