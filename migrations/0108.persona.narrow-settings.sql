-- Refuse a rate that is no number, and preferences without a bound.
-- depends: 0107.persona.ask-for-consent
-- locks: ACCESS EXCLUSIVE on persona.user_settings, for an instant: CHECKs that look at no row yet

ALTER TABLE persona.user_settings
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT user_settings_exchange_rate_positive_check,
    ADD CONSTRAINT user_settings_exchange_rate_positive_check
        CHECK (exchange_rate > 0 AND exchange_rate <> 'NaN') NOT VALID,
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT user_settings_preferences_check,
    ADD CONSTRAINT user_settings_preferences_check CHECK (
        jsonb_typeof(preferences) = 'object' AND length(preferences::text) <= 20000
    ) NOT VALID;

COMMENT ON CONSTRAINT user_settings_exchange_rate_positive_check ON persona.user_settings IS
'@error ExchangeRateNotPositive An exchange rate is more than 0.';
COMMENT ON CONSTRAINT user_settings_preferences_check ON persona.user_settings IS
'@error PreferencesNotAnObject Preferences are a JSON object of at most 20,000 characters.';
