CREATE OR REPLACE FUNCTION persona.publish_consent(
    p_body text,
    p_language text DEFAULT 'ru',
    p_is_material boolean DEFAULT true
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_version integer;
BEGIN
    PERFORM persona.require_right('manage_keys');
    v_version := kernel.publish_consent_text(
        'persona', 'personal_data', p_language, p_body, p_is_material
    );
    IF p_language = 'ru' THEN
        UPDATE persona.app_settings AS s
        SET consent_text = p_body
        WHERE s.id = 1 AND s.consent_text <> p_body;
    END IF;
    RETURN v_version;
END;
$$;

COMMENT ON FUNCTION persona.publish_consent(text, text, boolean) IS
'Publishes a wording of the consent to the processing of personal data; its version. The Russian one
is in the settings as well. p_is_material: false where who agreed to an earlier wording needs not be
asked again. For a worker, in the name of an administrator with the right manage_keys.
Raises KR133 UnfitConsent, LB001 RightMissing.
@nonnull';

ALTER FUNCTION persona.publish_consent(text, text, boolean) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.publish_consent(text, text, boolean) TO persona_worker;
