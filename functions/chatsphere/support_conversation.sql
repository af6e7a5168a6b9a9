CREATE OR REPLACE FUNCTION chatsphere.support_conversation(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_session_id uuid,
    p_limit integer DEFAULT 100,
    OUT message_id uuid,
    OUT role text,
    OUT content text,
    OUT tokens_used integer,
    OUT created_at timestamptz
)
RETURNS SETOF record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_limit CONSTANT integer := chatsphere.require_count(p_limit);
BEGIN
    PERFORM FROM chatsphere.users AS u WHERE u.id = p_user_id AND u.support_access_until > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP015',
            MESSAGE = 'the account lets support read nothing',
            DETAIL = 'Its owner has not allowed it, or until a moment that has passed.',
            HINT = 'Ask the owner to call allow_support.';
    END IF;
    PERFORM kernel.log_access(
        p_user_id::text, 'read_conversation', '{chat_messages.content}', 'chatsphere'
    );
    RETURN QUERY
    SELECT m.id, m.role, m.content, m.tokens_used, m.created_at
    FROM chatsphere.chat_messages AS m
    WHERE m.user_id = p_user_id AND m.chatbot_id = p_chatbot_id AND m.session_id = p_session_id
    ORDER BY m.created_at DESC, m.id DESC
    LIMIT v_limit;
END;
$$;

COMMENT ON FUNCTION chatsphere.support_conversation(uuid, uuid, uuid, integer) IS
'What was said in a conversation, the newest first, for support: as long as the owner of the bot
allows it, and with an entry in the audit log that names the actor of this transaction.
Raises KR024 UnfitAccessEntry, SP007 CountOutOfRange, SP015 SupportNotAllowed.
@nonnull';

ALTER FUNCTION chatsphere.support_conversation(uuid, uuid, uuid, integer)
OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.support_conversation(uuid, uuid, uuid, integer)
TO chatsphere_worker;
