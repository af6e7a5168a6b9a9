CREATE OR REPLACE FUNCTION saltbitter.withdraw_consent(p_purpose text, p_method text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_is_new boolean;
BEGIN
    -- Before the ledger: see saltbitter.tg_require_consent().
    PERFORM FROM saltbitter.users AS u WHERE u.id = v_user_id FOR NO KEY UPDATE;
    v_is_new := kernel.withdraw_consent(p_purpose, p_method);
    -- What was kept by that consent alone goes with it.
    IF p_purpose = 'attachment_assessment' THEN
        DELETE FROM saltbitter.attachment_assessments AS a WHERE a.user_id = v_user_id;
    ELSIF p_purpose = 'orientation' THEN
        UPDATE saltbitter.profiles AS p
        SET looking_for_gender = NULL
        WHERE p.user_id = v_user_id AND p.looking_for_gender IS NOT NULL;
    END IF;
    RETURN v_is_new;
END;
$$;

COMMENT ON FUNCTION saltbitter.withdraw_consent(text, text) IS
'Withdraws a consent of the current user, and deletes what was kept by it: the assessment
(attachment_assessment), or whom they look for (orientation). False where there was none.
Raises KR131 UnknownWording, KR133 UnfitConsent.
@nonnull';

GRANT EXECUTE ON FUNCTION saltbitter.withdraw_consent(text, text) TO saltbitter_app;
