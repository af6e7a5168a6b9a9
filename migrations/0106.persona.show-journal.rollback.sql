-- The audit log itself stays.

DROP VIEW persona.pd_audit_log;
REVOKE USAGE ON SCHEMA persona FROM strongroom_auditor;
DROP FUNCTION persona.audit_action(text, text, jsonb);
DROP FUNCTION persona.audit_details(text, text, text, jsonb);
