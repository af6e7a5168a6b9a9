CREATE OR REPLACE FUNCTION chatsphere.add_source(
    p_chatbot_id uuid,
    p_source_type text,
    p_content text,
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
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_limit integer;
    v_id uuid;
BEGIN
    SELECT p.source_limit
    INTO v_limit
    FROM chatsphere.users AS u
    JOIN chatsphere.plans AS p ON p.plan_name = u.subscription_tier
    WHERE u.id = v_user_id AND u.is_active AND u.erased_at IS NULL
    FOR NO KEY UPDATE OF u;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_account();
    END IF;
    PERFORM FROM chatsphere.chatbots AS c WHERE c.user_id = v_user_id AND c.id = p_chatbot_id;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_chatbot();
    END IF;
    IF (
        SELECT count(*)
        FROM chatsphere.training_sources AS s
        WHERE s.user_id = v_user_id AND s.chatbot_id = p_chatbot_id
    ) >= v_limit THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP010',
            MESSAGE = 'the plan allows this bot no more sources',
            DETAIL = format('It allows %s.', v_limit),
            HINT = 'Delete a source, or take a larger plan.';
    END IF;
    INSERT INTO chatsphere.training_sources (
        user_id, chatbot_id, source_type, content, metadata, content_hash
    )
    VALUES (
        v_user_id, p_chatbot_id, p_source_type, p_content, coalesce(p_metadata, '{}'),
        sha256(convert_to(p_content, 'UTF8'))
    )
    RETURNING id INTO v_id;
    INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id)
    VALUES (v_user_id, p_chatbot_id, v_id);
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.add_source(uuid, text, text, jsonb) IS
'Gives a bot of the current user something to learn from, and queues it for the workers; its key.
The same content a second time violates training_sources_content_hash_key.
Raises KR001 MissingIdentity, SP002 UnknownAccount, SP009 UnknownChatbot, SP010 SourceLimitReached.
@nonnull';

ALTER FUNCTION chatsphere.add_source(uuid, text, text, jsonb) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.add_source(uuid, text, text, jsonb) TO chatsphere_app;
