CREATE OR REPLACE FUNCTION persona.withdraw_consent(p_method text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
    v_is_new boolean;
BEGIN
    -- Waits for who is storing an answer to this person, and they for this: see
    -- persona.tg_require_consent().
    PERFORM FROM persona.users AS u WHERE u.id = v_user_id FOR NO KEY UPDATE;
    v_is_new := kernel.withdraw_consent('personal_data', p_method);
    DELETE FROM persona.llm_cache AS a
    WHERE a.user_id = v_user_id OR a.asked_by = v_user_id;
    RETURN v_is_new;
END;
$$;

COMMENT ON FUNCTION persona.withdraw_consent(text) IS
'The current user takes back the consent to the processing of personal data, and every answer that
is cached for them alone, or that they asked for and everybody may have, is forgotten; false where there
was none. p_method: how they said it, as a
name that code uses. Raises KR001 MissingIdentity, KR104 PersonErased, KR131 UnknownWording, KR133
UnfitConsent.
@nonnull';

ALTER FUNCTION persona.withdraw_consent(text) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.withdraw_consent(text) TO persona_app;
