-- Takes every account and profile with it: dump them first.

SELECT kernel.disable_audit('saltbitter.profiles');

SELECT kernel.disable_audit('saltbitter.users');

DROP SCHEMA saltbitter CASCADE;
