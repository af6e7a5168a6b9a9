-- The settings of the whole bot, in one row, and the keys of vendors, sealed.
-- depends: 0101.persona.create-people
-- locks: none that anyone waits for; everything is new

CREATE OR REPLACE FUNCTION persona.is_free_of_secrets(p_config jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- max_tokens is a limit and no secret; access_token is one.
    c_name CONSTANT text := '(api[-_]?key|^key$|[-_]key$|secret|passw|credential|authorization'
        '|bearer|^token$|(access|auth|iam|oauth|refresh|api|bot)[-_]?token)';
    c_value CONSTANT text := '(\msk-[\w-]{16,}|\mAQVN[\w-]{20,}|\mt1\.[\w.-]{20,}|bearer\s+\S{16,})';
    v_node jsonb;
BEGIN
    FOR v_node IN SELECT n.node FROM jsonb_path_query(p_config, 'strict $.**') AS n (node) LOOP
        IF jsonb_typeof(v_node) = 'object'
            AND EXISTS (SELECT FROM jsonb_object_keys(v_node) AS k (name) WHERE k.name ~* c_name)
            OR jsonb_typeof(v_node) = 'string' AND v_node #>> '{}' ~* c_value
        THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END;
$$;

COMMENT ON FUNCTION persona.is_free_of_secrets(jsonb) IS
'Whether a document has no member that is called as a key, token or password is, and no value that
looks as the keys of the vendors do, however deep. It catches carelessness, not intent.';

GRANT EXECUTE ON FUNCTION persona.is_free_of_secrets(jsonb) TO persona_definer;

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
persona.change_app_settings(), which takes a right; the wording of the consent by the owner.
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
'The wording of the consent that is in force.
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
'@error PrivateCacheTtlOutOfRange Answers to one person are kept for a second to 30 days, in days
and shorter units.';

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

-- Keyed by the vendor: no row belongs to a person, and the bot itself uses them.
CREATE TABLE persona.vendor_keys (
    vendor persona.llm_vendor NOT NULL,
    api_key kernel.sealed NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT vendor_keys_pkey PRIMARY KEY (vendor)
);

COMMENT ON TABLE persona.vendor_keys IS
'The key that each vendor gave us, encrypted before it reaches the server. Written by a worker in the
name of an administrator who may manage keys; read by workers.
@row VendorKey
@rows 3';
COMMENT ON COLUMN persona.vendor_keys.vendor IS
'Whose key.
@public';
COMMENT ON COLUMN persona.vendor_keys.api_key IS
'The key.
@internal
@sealed text vendor_key vendors pad 64';
COMMENT ON COLUMN persona.vendor_keys.created_at IS
'When there first was one.
@internal';
COMMENT ON COLUMN persona.vendor_keys.updated_at IS
'When it was last replaced.
@internal';

SELECT kernel.guard_sealed('persona.vendor_keys');

ALTER TABLE persona.vendor_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.vendor_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.vendor_keys
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.vendor_keys
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_worker ON persona.vendor_keys
FOR ALL TO persona_worker USING (true) WITH CHECK (true);

GRANT SELECT, INSERT (vendor, api_key), UPDATE (api_key), DELETE ON persona.vendor_keys
TO persona_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.vendor_keys
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.vendor_keys IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.vendor_keys');
