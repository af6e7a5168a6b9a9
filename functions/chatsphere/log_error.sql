CREATE OR REPLACE FUNCTION chatsphere.log_error(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_error_type text,
    p_error_message text,
    p_stack_trace text DEFAULT NULL,
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
    INSERT INTO chatsphere.error_logs (
        user_id, chatbot_id, error_type, error_message, stack_trace, metadata
    )
    VALUES (
        p_user_id,
        -- What fails may be that the bot was deleted; one of another account is refused by the key.
        (SELECT c.id FROM chatsphere.chatbots AS c WHERE c.id = p_chatbot_id),
        p_error_type,
        coalesce(nullif(left(chatsphere.clean_text(p_error_message), 2000), ''), '(nothing)'),
        left(chatsphere.clean_text(p_stack_trace), 20000),
        chatsphere.clean_object(coalesce(p_metadata, '{}'))
    )
    RETURNING id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.log_error(uuid, uuid, text, text, text, jsonb) IS
'Notes that something went wrong in a bot, cut to length and without what looks like a secret or
somebody''s address; the key of the entry. Of a bot that was deleted meanwhile it stays without its
name.
@nonnull';

ALTER FUNCTION chatsphere.log_error(uuid, uuid, text, text, text, jsonb)
OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.log_error(uuid, uuid, text, text, text, jsonb)
TO chatsphere_worker;
