CREATE TABLE persona.user_settings (
    id bigint GENERATED ALWAYS AS IDENTITY,
    user_id bigint NOT NULL,
    signature text NOT NULL DEFAULT '@annabbox',
    default_currency persona.currency NOT NULL DEFAULT 'cny',
    exchange_rate numeric(14, 4),
    exchange_rate_at timestamptz,
    preferences jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- One row a person, so the person is the key.
    CONSTRAINT user_settings_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_settings_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT user_settings_signature_length_check CHECK (length(signature) BETWEEN 1 AND 255),
    CONSTRAINT user_settings_exchange_rate_positive_check
        CHECK (exchange_rate > 0 AND exchange_rate <> 'NaN'),
    CONSTRAINT user_settings_exchange_rate_currency_check
        CHECK (exchange_rate IS NULL OR default_currency = 'rub'),
    CONSTRAINT user_settings_exchange_rate_at_check
        CHECK ((exchange_rate IS NULL) = (exchange_rate_at IS NULL)),
    CONSTRAINT user_settings_preferences_check CHECK (
        jsonb_typeof(preferences) = 'object' AND length(preferences::text) <= 20000
    )
);

COMMENT ON TABLE persona.user_settings IS
'What each person has set: one row a person, made when the person is registered.
@row UserSettings
@rows 1M';
COMMENT ON COLUMN persona.user_settings.id IS
'Number of the row.
@internal';
COMMENT ON COLUMN persona.user_settings.user_id IS
'Whose settings.
@internal';
COMMENT ON COLUMN persona.user_settings.signature IS
'What the bot signs texts of the person with.
@personal content
@erase delete';
COMMENT ON COLUMN persona.user_settings.default_currency IS
'The currency that prices are shown in.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN persona.user_settings.exchange_rate IS
'Roubles for a yuan, as the person set it; only for roubles.
@personal payment
@erase delete';
COMMENT ON COLUMN persona.user_settings.exchange_rate_at IS
'When the person last set the rate; the database keeps it.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.user_settings.preferences IS
'Room for later switches.
@personal content
@erase delete';
COMMENT ON COLUMN persona.user_settings.created_at IS
'When the row was made.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.user_settings.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT user_settings_signature_length_check ON persona.user_settings IS
'@error SignatureLength A signature has 1 to 255 characters.';
COMMENT ON CONSTRAINT user_settings_exchange_rate_positive_check ON persona.user_settings IS
'@error ExchangeRateNotPositive An exchange rate is more than 0.';
COMMENT ON CONSTRAINT user_settings_exchange_rate_currency_check ON persona.user_settings IS
'@error ExchangeRateNotForRoubles Only people who count in roubles have an exchange rate.';
COMMENT ON CONSTRAINT user_settings_preferences_check ON persona.user_settings IS
'@error PreferencesNotAnObject Preferences are a JSON object of at most 20,000 characters.';

ALTER TABLE persona.user_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.user_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.user_settings
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.user_settings
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON persona.user_settings
FOR SELECT TO persona_app USING (user_id = kernel.user_bigint());
CREATE POLICY update_own ON persona.user_settings
FOR UPDATE TO persona_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY select_definer ON persona.user_settings
FOR SELECT TO persona_definer USING (true);
CREATE POLICY insert_definer ON persona.user_settings
FOR INSERT TO persona_definer WITH CHECK (true);
CREATE POLICY update_definer ON persona.user_settings
FOR UPDATE TO persona_definer USING (true) WITH CHECK (true);

GRANT SELECT, UPDATE (signature, default_currency, exchange_rate, preferences)
ON persona.user_settings TO persona_app;
GRANT
    SELECT,
    INSERT (user_id),
    UPDATE (signature, default_currency, exchange_rate)
ON persona.user_settings TO persona_definer;

CREATE TRIGGER t20_touch_updated_at
BEFORE UPDATE ON persona.user_settings
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t20_touch_updated_at ON persona.user_settings IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('persona.user_settings');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('persona.user_settings');
