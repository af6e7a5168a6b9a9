CREATE OR REPLACE FUNCTION chatsphere.create_chatbot(
    p_name text,
    p_description text DEFAULT NULL,
    p_language text DEFAULT 'en',
    p_model_config jsonb DEFAULT NULL
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
    -- Two who make the last bot that is allowed take turns here.
    SELECT p.chatbot_limit
    INTO v_limit
    FROM chatsphere.users AS u
    JOIN chatsphere.plans AS p ON p.plan_name = u.subscription_tier
    WHERE u.id = v_user_id AND u.is_active AND u.erased_at IS NULL
    FOR NO KEY UPDATE OF u;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_account();
    END IF;
    IF (SELECT count(*) FROM chatsphere.chatbots AS c WHERE c.user_id = v_user_id) >= v_limit THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP008',
            MESSAGE = 'the plan allows no more bots',
            DETAIL = format('It allows %s.', v_limit),
            HINT = 'Delete a bot, or take a larger plan.';
    END IF;
    INSERT INTO chatsphere.chatbots (user_id, name, description, language, model_config)
    VALUES (v_user_id, p_name, p_description, p_language, coalesce(p_model_config, '{}'))
    RETURNING id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.create_chatbot(text, text, text, jsonb) IS
'Makes a bot for the current user, if the plan allows another one; its key.
Raises KR001 MissingIdentity, SP002 UnknownAccount, SP008 ChatbotLimitReached.
@nonnull';

ALTER FUNCTION chatsphere.create_chatbot(text, text, text, jsonb) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.create_chatbot(text, text, text, jsonb) TO chatsphere_app;
