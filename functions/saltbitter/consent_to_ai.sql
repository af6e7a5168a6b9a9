CREATE OR REPLACE FUNCTION saltbitter.consent_to_ai(p_interaction_id uuid)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_interaction saltbitter.ai_interactions;
BEGIN
    SELECT i.*
    INTO v_interaction
    FROM saltbitter.ai_interactions AS i
    WHERE i.user_id = v_user_id AND i.id = p_interaction_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB024',
            MESSAGE = 'the person has not begun such a use of AI',
            DETAIL = 'No disclosure was shown to this person under this id.',
            HINT = 'Call show_ai_disclosure first, and show it.';
    END IF;
    PERFORM saltbitter.require_ai(v_user_id, v_interaction.ai_type);
    IF v_interaction.user_consented_at IS NOT NULL THEN
        RETURN v_interaction.user_consented_at;
    END IF;
    UPDATE saltbitter.ai_interactions AS i
    SET user_consented_at = now()
    WHERE i.user_id = v_user_id AND i.id = p_interaction_id;
    PERFORM saltbitter.log_compliance(
        v_user_id, 'ai_consent_given', 'eu_ai_act',
        jsonb_build_object('ai_type', v_interaction.ai_type)
    );
    RETURN now();
END;
$$;

COMMENT ON FUNCTION saltbitter.consent_to_ai(uuid) IS
'Notes that the current user agreed to a use of AI that was disclosed to them, and when; saying it
again gives the first time. Raises SB022 AiOptedOut, SB024 UnknownInteraction.
@nonnull';

ALTER FUNCTION saltbitter.consent_to_ai(uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.consent_to_ai(uuid) TO saltbitter_app;
