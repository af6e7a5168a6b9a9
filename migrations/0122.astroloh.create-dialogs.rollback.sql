-- Takes every dialog and the security log with it: dump them first.

DELETE FROM kernel.job WHERE name = 'astroloh_sessions';
DELETE FROM kernel.retention_policy WHERE name = 'dialog_sessions';
DELETE FROM kernel.partition_policy WHERE parent = 'astroloh.security_logs'::regclass;
DROP FUNCTION IF EXISTS
    astroloh.tend_sessions(),
    astroloh.cleanup_expired_sessions(),
    astroloh.open_session(astroloh.platform, text, interval, astroloh.keyed_hash, astroloh.keyed_hash),
    astroloh.refuse_session(),
    astroloh.require_lifetime(interval),
    astroloh.log_decryption(text),
    astroloh.log_security_event(text, text, boolean, uuid, astroloh.keyed_hash, astroloh.keyed_hash, text);
DROP FUNCTION IF EXISTS
    astroloh.tg_log_identity(),
    astroloh.tg_log_person()
CASCADE;
SELECT kernel.disable_audit('astroloh.security_logs');
DROP VIEW astroloh.user_sessions_masked, astroloh.security_logs_masked;
DROP TABLE astroloh.user_sessions, astroloh.security_logs, astroloh.security_event_types;
DROP FUNCTION IF EXISTS astroloh.tg_refuse_log_change();
DROP FUNCTION astroloh.is_valid_context(jsonb);
