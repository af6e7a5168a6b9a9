CREATE OR REPLACE FUNCTION chatsphere.open_session(
    p_chatbot_id uuid,
    p_user_identifier text,
    p_metadata jsonb DEFAULT NULL,
    OUT session_id uuid,
    OUT session_token text,
    OUT is_new boolean
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_owner uuid;
    v_row_id uuid;
BEGIN
    SELECT c.user_id
    INTO v_owner
    FROM chatsphere.chatbots AS c
    JOIN chatsphere.users AS u ON u.id = c.user_id
    WHERE c.id = p_chatbot_id AND c.is_active AND u.is_active AND u.erased_at IS NULL;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_chatbot();
    END IF;
    session_token := 'vt_' || chatsphere.new_secret();
    -- Whoever comes back goes on, with another token: the one before opens nothing any more.
    INSERT INTO chatsphere.chat_sessions AS s (
        user_id, chatbot_id, user_identifier, metadata, token_hash
    )
    VALUES (
        v_owner, p_chatbot_id, p_user_identifier, coalesce(p_metadata, '{}'),
        chatsphere.hash_secret(session_token)
    )
    ON CONFLICT (chatbot_id, user_identifier) WHERE ended_at IS NULL DO UPDATE
    SET token_hash = EXCLUDED.token_hash,
        last_active_at = now()
    RETURNING s.id, s.xmax = 0 INTO v_row_id, is_new;
    session_id := v_row_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.open_session(uuid, text, jsonb) IS
'Opens a conversation of a visitor with an active bot, or goes on with the open one: its key, the
visitor''s token, and whether it is new. The token is in the answer and nowhere else; one that was
given before opens nothing any more. Runs before there is an identity; who the visitor is comes
hashed. Raises SP009 UnknownChatbot.
@nonnull';

ALTER FUNCTION chatsphere.open_session(uuid, text, jsonb) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.open_session(uuid, text, jsonb) TO chatsphere_app;
