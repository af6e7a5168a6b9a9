CREATE OR REPLACE FUNCTION persona.tg_tell_settings()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('persona_settings', TG_TABLE_NAME);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION persona.tg_tell_settings() IS
'AFTER a change of the bot''s settings or of a key of a vendor: tells programs that listen to
persona_settings that what they remember is old, with the name of the table. Nothing else is told.';

CREATE OR REPLACE TRIGGER t90_tell_settings
AFTER UPDATE ON persona.app_settings
FOR EACH STATEMENT EXECUTE FUNCTION persona.tg_tell_settings();

COMMENT ON TRIGGER t90_tell_settings ON persona.app_settings IS
'LISTEN persona_settings.';

CREATE OR REPLACE TRIGGER t90_tell_settings
AFTER INSERT OR UPDATE OR DELETE ON persona.vendor_keys
FOR EACH STATEMENT EXECUTE FUNCTION persona.tg_tell_settings();

COMMENT ON TRIGGER t90_tell_settings ON persona.vendor_keys IS
'LISTEN persona_settings.';
