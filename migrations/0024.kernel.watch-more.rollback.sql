-- Audited tables keep the settings of their trigger functions: they change no result.

DELETE FROM kernel.job WHERE name = 'analyze_roots';
REVOKE SELECT ON kernel.check_hold_expiry FROM pg_monitor;
REVOKE SELECT (id, placed_at, expires_at, released_at) ON kernel.legal_hold FROM pg_monitor;
DROP POLICY select_watch ON kernel.legal_hold;
DROP VIEW kernel.check_untagged_schema;
