-- One row, and no person's: the key can only be 1.
CREATE TABLE persona.app_settings (
    id smallint NOT NULL DEFAULT 1,
    active_llm_vendor persona.llm_vendor NOT NULL,
    llm_config jsonb NOT NULL DEFAULT '{}',
    consent_text text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    cache_ttl interval DEFAULT '30 days',
    private_cache_ttl interval NOT NULL DEFAULT '1 day',
    CONSTRAINT app_settings_pkey PRIMARY KEY (id),
    CONSTRAINT app_settings_one_row_check CHECK (id = 1),
    CONSTRAINT app_settings_llm_config_check CHECK (jsonb_typeof(llm_config) = 'object'),
    CONSTRAINT app_settings_secrets_check CHECK (persona.is_free_of_secrets(llm_config)),
    CONSTRAINT app_settings_consent_text_length_check
        CHECK (length(consent_text) BETWEEN 1 AND 100000),
    -- Months have no length of their own, so a period has none.
    CONSTRAINT app_settings_cache_ttl_check CHECK (
        cache_ttl BETWEEN interval '1 second' AND interval '3660 days'
        AND extract(year FROM cache_ttl) = 0
        AND extract(month FROM cache_ttl) = 0
    ),
    -- Answers to one person may hold what he told: they always end, and soon.
    CONSTRAINT app_settings_private_cache_ttl_check CHECK (
        private_cache_ttl BETWEEN interval '1 second' AND interval '30 days'
        AND extract(year FROM private_cache_ttl) = 0
        AND extract(month FROM private_cache_ttl) = 0
    )
);

COMMENT ON TABLE persona.app_settings IS
'The settings of the whole bot: one row, from the start and for ever. Changed by
persona.change_app_settings(), which takes a right; the wording of the consent by
persona.publish_consent().
@row AppSettings
@rows 1';
COMMENT ON COLUMN persona.app_settings.id IS
'Always 1.
@public';
COMMENT ON COLUMN persona.app_settings.active_llm_vendor IS
'Whom requests go to.
@public';
COMMENT ON COLUMN persona.app_settings.llm_config IS
'What each vendor wants to be told: models, temperatures, limits. No key of a vendor: those are in
persona.vendor_keys, sealed.
@internal';
COMMENT ON COLUMN persona.app_settings.consent_text IS
'The Russian wording of the consent that is in force. Nobody can agree to the one that is there from
the start: each later one is published, and all of them are in kernel.consent_text.
@public';
COMMENT ON COLUMN persona.app_settings.updated_at IS
'When a setting last changed.
@internal';
COMMENT ON COLUMN persona.app_settings.cache_ttl IS
'How long an answer that everybody may have is good; NULL: for ever.
@internal';
COMMENT ON COLUMN persona.app_settings.private_cache_ttl IS
'How long an answer to one person is good.
@internal';
COMMENT ON CONSTRAINT app_settings_llm_config_check ON persona.app_settings IS
'@error LlmConfigNotAnObject The configuration of vendors is a JSON object.';
COMMENT ON CONSTRAINT app_settings_secrets_check ON persona.app_settings IS
'@error SecretInLlmConfig A key, a token or a password does not belong here; vendor_keys seals it.';
COMMENT ON CONSTRAINT app_settings_consent_text_length_check ON persona.app_settings IS
'@error ConsentTextLength A consent has 1 to 100,000 characters.';
COMMENT ON CONSTRAINT app_settings_cache_ttl_check ON persona.app_settings IS
'@error CacheTtlOutOfRange Answers are kept for a second to 3,660 days, in days and shorter units.';
COMMENT ON CONSTRAINT app_settings_private_cache_ttl_check ON persona.app_settings IS
'@error PrivateCacheTtlOutOfRange Answers to one person are kept for a second to 30 days.';

ALTER TABLE persona.app_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.app_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.app_settings
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.app_settings
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON persona.app_settings
FOR SELECT TO persona_app, persona_worker, persona_definer USING (true);
CREATE POLICY update_definer ON persona.app_settings
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

GRANT SELECT ON persona.app_settings TO persona_app, persona_worker;
GRANT
    SELECT,
    UPDATE (active_llm_vendor, llm_config, consent_text, cache_ttl, private_cache_ttl)
ON persona.app_settings TO persona_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.app_settings
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.app_settings IS
'updated_at is not for statements to set.';

INSERT INTO persona.app_settings (active_llm_vendor, consent_text)
VALUES ('yandex', 'The wording of the consent to the processing of personal data goes here.')
ON CONFLICT (id) DO NOTHING;

SELECT kernel.enable_audit('persona.app_settings');
