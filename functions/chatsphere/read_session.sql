CREATE OR REPLACE FUNCTION chatsphere.read_session(
    p_session_token text,
    p_limit integer DEFAULT 100,
    OUT message_id uuid,
    OUT role text,
    OUT content text,
    OUT created_at timestamptz
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_session CONSTANT record := chatsphere.require_session(p_session_token);
    v_limit CONSTANT integer := chatsphere.require_count(p_limit);
BEGIN
    RETURN QUERY
    SELECT newest.id, newest.role, newest.content, newest.created_at
    FROM (
        SELECT m.id, m.role, m.content, m.created_at
        FROM chatsphere.chat_messages AS m
        WHERE m.user_id = v_session.user_id
          AND m.chatbot_id = v_session.chatbot_id
          AND m.session_id = v_session.session_id
          AND m.role <> 'system'
        ORDER BY m.created_at DESC, m.id DESC
        LIMIT v_limit
    ) AS newest
    ORDER BY newest.created_at, newest.id;
END;
$$;

COMMENT ON FUNCTION chatsphere.read_session(text, integer) IS
'The newest messages of the conversation that a visitor''s token opens, in their order, without
instructions to the model. Runs without an identity.
Raises SP007 CountOutOfRange, SP013 UnknownSession.
@nonnull';

ALTER FUNCTION chatsphere.read_session(text, integer) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.read_session(text, integer) TO chatsphere_app;
