CREATE OR REPLACE FUNCTION chatsphere.forget_visitor(p_chatbot_id uuid, p_user_identifier text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_count bigint;
BEGIN
    DELETE FROM chatsphere.chat_sessions AS s
    WHERE s.user_id = v_user_id
      AND s.chatbot_id = p_chatbot_id
      AND s.user_identifier = p_user_identifier;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION chatsphere.forget_visitor(uuid, text) IS
'Deletes every conversation of a visitor with a bot of the current user, with what was said; how
many. The account answers to its visitors, and this is how. Raises KR001 MissingIdentity.
@nonnull';

GRANT EXECUTE ON FUNCTION chatsphere.forget_visitor(uuid, text) TO chatsphere_app;
