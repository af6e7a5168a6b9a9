-- The ledger of consents stays as it is.

DROP VIEW persona.consent_log;
DROP FUNCTION persona.withdraw_consent(text);
DROP FUNCTION persona.publish_consent(text, text, boolean);
DROP TRIGGER t60_publish_consent ON persona.app_settings;
DROP FUNCTION persona.tg_publish_consent();
DROP TRIGGER t20_require_consent ON persona.llm_cache;
DROP FUNCTION persona.tg_require_consent();
COMMENT ON TABLE persona.app_settings IS
'The settings of the whole bot: one row, from the start and for ever. Changed by
persona.change_app_settings(), which takes a right; the wording of the consent by the owner.
@row AppSettings
@rows 1';
COMMENT ON COLUMN persona.app_settings.consent_text IS
'The wording of the consent that is in force.
@public';
