-- Takes every person and what hangs on them with it: dump them first.

SELECT kernel.disable_audit('astroloh.user_identities');
SELECT kernel.disable_audit('astroloh.users');
DROP SCHEMA astroloh CASCADE;
DROP FUNCTION kernel.tg_seal_astroloh__users();
