-- Look whether all rows are as the checks of 0108 want them.
-- depends: 0108.persona.narrow-settings
-- locks: SHARE UPDATE EXCLUSIVE on persona.user_settings, while it is read

ALTER TABLE persona.user_settings
    VALIDATE CONSTRAINT user_settings_exchange_rate_positive_check,
    VALIDATE CONSTRAINT user_settings_preferences_check;
