CREATE OR REPLACE FUNCTION persona.tg_keep_settings()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'LB004',
        MESSAGE = 'the settings of the bot stay',
        DETAIL = 'There is one row, and the bot can''t be without it.',
        HINT = 'Change it: change_app_settings.';
END;
$$;

COMMENT ON FUNCTION persona.tg_keep_settings() IS
'BEFORE DELETE OR TRUNCATE on the settings of the bot. Raises LB004 SettingsStay.';

CREATE OR REPLACE TRIGGER t05_keep_settings
BEFORE DELETE OR TRUNCATE ON persona.app_settings
FOR EACH STATEMENT EXECUTE FUNCTION persona.tg_keep_settings();

COMMENT ON TRIGGER t05_keep_settings ON persona.app_settings IS
'The one row is there for ever.';
