CREATE VIEW kernel.audit_entries
WITH (security_invoker = true)
AS
SELECT
    e.id, e.batch, e.at, e.transaction_id, e.app, e.relation, e.operation, e.key, e.subject, e.actor,
    e.role, e.request_id,
    (
        SELECT pg_catalog.jsonb_object_agg(c.name, e.old -> (c.position - 1)::integer)
        FROM pg_catalog.jsonb_array_elements_text(s.columns -> 'plain')
        WITH ORDINALITY AS c (name, position)
        WHERE e.old IS NOT NULL
    ) AS old,
    e.details,
    e.commitment IS NOT NULL AS is_erased
FROM (
    SELECT
        l.id, l.batch, l.at, l.transaction_id, l.app, l.relation, l.shape_id, l.operation, l.key,
        l.subject, l.actor, l.role, l.request_id, l.old, l.details, l.commitment
    FROM kernel.audit_log AS l
    UNION ALL
    SELECT
        i.id, NULL, i.at, i.transaction_id, i.app, i.relation, i.shape_id, i.operation, i.key,
        i.subject, nullif(i.actor, ''), i.role, nullif(i.request_id, ''), i.old, i.details,
        i.commitment
    FROM kernel.audit_inbox AS i
) AS e
LEFT JOIN kernel.audit_shape AS s ON s.id = e.shape_id;

COMMENT ON VIEW kernel.audit_entries IS
'The audit log to read: sealed entries and those that wait, with the names of columns. What became
of the values is what kernel.audit_changes tells.';
COMMENT ON COLUMN kernel.audit_entries.id IS
'Number of the entry. Of two changes of one row, the later has the higher number.';
COMMENT ON COLUMN kernel.audit_entries.batch IS
'The batch that it was sealed in; NULL while it waits.';
COMMENT ON COLUMN kernel.audit_entries.at IS
'The time of the transaction.';
COMMENT ON COLUMN kernel.audit_entries.transaction_id IS
'The transaction, as the server numbered it that ran it: a restored database begins anew.';
COMMENT ON COLUMN kernel.audit_entries.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.audit_entries.relation IS
'The table, by the name of its root; NULL for a reading of data.';
COMMENT ON COLUMN kernel.audit_entries.operation IS
'INSERT, UPDATE or DELETE of a row, or ACCESS: that somebody read personal data.';
COMMENT ON COLUMN kernel.audit_entries.key IS
'The primary key of the row as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_entries.subject IS
'Whose row it is: the user id as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_entries.actor IS
'Who or what acted, as the transaction said.';
COMMENT ON COLUMN kernel.audit_entries.role IS
'The role that acted, or the login where it became none.';
COMMENT ON COLUMN kernel.audit_entries.request_id IS
'The request that the transaction served.';
COMMENT ON COLUMN kernel.audit_entries.old IS
'Values before the change of the columns that are not personal, by name.';
COMMENT ON COLUMN kernel.audit_entries.details IS
'Of an access: what was done, and to which columns.';
COMMENT ON COLUMN kernel.audit_entries.is_erased IS
'Whether its personal part was erased.';

GRANT SELECT ON kernel.audit_entries TO strongroom_auditor;
