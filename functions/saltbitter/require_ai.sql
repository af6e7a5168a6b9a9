CREATE OR REPLACE FUNCTION saltbitter.require_ai(p_user_id uuid, p_ai_type text)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    IF EXISTS (SELECT FROM saltbitter.ai_opt_outs AS o WHERE o.user_id = p_user_id) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB022',
            MESSAGE = 'the person wants no AI',
            DETAIL = 'They opted out of AI features.',
            HINT = 'Offer something else; only the person can opt in again.';
    END IF;
    IF NOT EXISTS (SELECT FROM saltbitter.ai_types AS t WHERE t.ai_type = p_ai_type) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB023',
            MESSAGE = 'there is no such AI feature',
            DETAIL = 'Features are rows of saltbitter.ai_types.',
            HINT = 'Take one that list_ai_types shows.';
    END IF;
END;
$$;

COMMENT ON FUNCTION saltbitter.require_ai(uuid, text) IS
'Nothing, if an AI feature may begin for a person; else raises SB022 AiOptedOut or SB023
UnknownAiType.';

GRANT EXECUTE ON FUNCTION saltbitter.require_ai(uuid, text) TO saltbitter_definer;
