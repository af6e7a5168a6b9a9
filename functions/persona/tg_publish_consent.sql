CREATE OR REPLACE FUNCTION persona.tg_publish_consent()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM kernel.publish_consent_text('persona', 'personal_data', 'ru', NEW.consent_text);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION persona.tg_publish_consent() IS
'AFTER the wording of the consent changes in the settings: publishes it, so that each wording stays
and nobody agreed to one that is lost. One that was published already stays that version.';

CREATE OR REPLACE TRIGGER t60_publish_consent
AFTER UPDATE OF consent_text ON persona.app_settings
FOR EACH ROW WHEN (OLD.consent_text IS DISTINCT FROM NEW.consent_text)
EXECUTE FUNCTION persona.tg_publish_consent();

COMMENT ON TRIGGER t60_publish_consent ON persona.app_settings IS
'The settings show the newest wording; kernel.consent_text has all of them.';
