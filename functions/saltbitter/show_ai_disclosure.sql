CREATE OR REPLACE FUNCTION saltbitter.show_ai_disclosure(
    p_ai_type text,
    p_session_id text DEFAULT NULL
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
    v_id uuid;
BEGIN
    PERFORM saltbitter.require_ai(v_user_id, p_ai_type);
    INSERT INTO saltbitter.ai_interactions (user_id, ai_type, session_id, disclosure_shown_at)
    VALUES (v_user_id, p_ai_type, p_session_id, now())
    RETURNING id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION saltbitter.show_ai_disclosure(text, text) IS
'Begins a use of an AI feature for the current user, who is being told that it is an AI, and gives
its id for consent_to_ai. Raises SB022 AiOptedOut, SB023 UnknownAiType.
@nonnull';

ALTER FUNCTION saltbitter.show_ai_disclosure(text, text) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.show_ai_disclosure(text, text) TO saltbitter_app;
