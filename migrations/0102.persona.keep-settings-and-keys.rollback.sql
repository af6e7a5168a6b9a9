-- Takes the settings of the bot and the keys of vendors with it.

SELECT kernel.disable_audit('persona.vendor_keys');
SELECT kernel.disable_audit('persona.app_settings');
DROP TABLE persona.vendor_keys;
DROP TABLE persona.app_settings;
DROP FUNCTION persona.is_free_of_secrets(jsonb);
