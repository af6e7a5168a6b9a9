-- The checks let through what they let through before; nothing is lost.

ALTER TABLE persona.user_settings
    DROP CONSTRAINT user_settings_exchange_rate_positive_check,
    ADD CONSTRAINT user_settings_exchange_rate_positive_check CHECK (exchange_rate > 0),
    DROP CONSTRAINT user_settings_preferences_check,
    ADD CONSTRAINT user_settings_preferences_check CHECK (jsonb_typeof(preferences) = 'object');

COMMENT ON CONSTRAINT user_settings_exchange_rate_positive_check ON persona.user_settings IS
'@error ExchangeRateNotPositive An exchange rate is more than 0.';
COMMENT ON CONSTRAINT user_settings_preferences_check ON persona.user_settings IS
'@error PreferencesNotAnObject Preferences are a JSON object.';
