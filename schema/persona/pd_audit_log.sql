CREATE VIEW persona.pd_audit_log WITH (security_invoker = true) AS
SELECT
    e.id,
    substring(e.actor FROM '^admin:([0-9]{1,18})$')::bigint AS actor_id,
    substring(e.subject FROM '^[0-9]{1,18}$')::bigint AS target_user_id,
    persona.audit_action(e.operation, e.relation, e.details) AS action,
    persona.audit_details(e.operation, e.relation, e.key, e.details) AS details,
    e.at AS created_at,
    e.actor,
    e.subject,
    e.role,
    e.request_id
FROM kernel.audit_entries AS e
WHERE e.app = 'persona';

COMMENT ON VIEW persona.pd_audit_log IS
'The journal of operations with personal data that FZ-152 asks for: who saw or changed whose data,
what, and when. It is the audit log of the kernel, for this app: append only, sealed, and without a
foreign key, so that it outlives both people whom an entry names. Given a subject, an index is used.
@row PdAuditEntry';
COMMENT ON COLUMN persona.pd_audit_log.id IS
'Number of the entry.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.actor_id IS
'The administrator who acted; NULL where it was the person or the bot.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.target_user_id IS
'Whose data it was; NULL where it was nobody''s.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.action IS
'What was done: view_profile, find_profile, update_settings, export_data and the like.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.details IS
'Names of what was seen or changed, and never a value.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.created_at IS
'When.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.actor IS
'Who acted, as the transaction said.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.subject IS
'target_user_id as the log has it, as text: compare with it to use the index.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.role IS
'The role that acted, or the login where it became none.
@internal';
COMMENT ON COLUMN persona.pd_audit_log.request_id IS
'The request that it was done for.
@internal';

-- The log is read by who may: persona.list_pd_audit() is for administrators of the bot.
GRANT USAGE ON SCHEMA persona TO strongroom_auditor;
GRANT SELECT ON persona.pd_audit_log TO strongroom_auditor;
