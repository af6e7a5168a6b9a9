-- Takes every person with it: dump them first.

SELECT kernel.disable_audit('persona.admin_users');
SELECT kernel.disable_audit('persona.user_settings');
SELECT kernel.disable_audit('persona.users');
DROP SCHEMA persona CASCADE;
