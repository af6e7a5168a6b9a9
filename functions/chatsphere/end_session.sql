CREATE OR REPLACE FUNCTION chatsphere.end_session(p_session_token text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_session CONSTANT record := chatsphere.require_session(p_session_token);
BEGIN
    UPDATE chatsphere.chat_sessions AS s
    SET ended_at = greatest(now(), s.started_at),
        token_hash = NULL
    WHERE s.user_id = v_session.user_id
      AND s.chatbot_id = v_session.chatbot_id
      AND s.id = v_session.session_id
      AND s.ended_at IS NULL;
END;
$$;

COMMENT ON FUNCTION chatsphere.end_session(text) IS
'Ends the conversation that a visitor''s token opens; the token opens nothing any more. Runs without
an identity. Raises SP013 UnknownSession.';

ALTER FUNCTION chatsphere.end_session(text) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.end_session(text) TO chatsphere_app;
