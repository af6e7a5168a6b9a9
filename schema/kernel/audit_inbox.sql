CREATE TABLE kernel.audit_inbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    app text NOT NULL,
    relation text,
    shape_id bigint,
    operation text NOT NULL,
    key text,
    subject text,
    actor text,
    role text NOT NULL,
    request_id text,
    old jsonb,
    details jsonb,
    opening bytea,
    commitment bytea
)
-- Every audited statement pays for what this table has: no key (its numbers are unique as they come),
-- no CHECK (those of kernel.audit_log hold in the end).
WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 20000);

-- For those who publish all tables: rows are deleted here.
ALTER TABLE kernel.audit_inbox REPLICA IDENTITY FULL;

COMMENT ON TABLE kernel.audit_inbox IS
'Entries of the audit log that no seal covers yet. Triggers append here, and kernel.seal_audit
takes them out in batches, so writers wait for no chain and no index.
@keyless every audited statement would pay for the key';
COMMENT ON COLUMN kernel.audit_inbox.id IS
'Number of the entry. Of two changes of one row, the later has the higher number.';
COMMENT ON COLUMN kernel.audit_inbox.at IS
'The time of the transaction.';
COMMENT ON COLUMN kernel.audit_inbox.transaction_id IS
'The transaction, as the server numbered it that ran it: a restored database begins anew.';
COMMENT ON COLUMN kernel.audit_inbox.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.audit_inbox.relation IS
'The table, by the name of its root; NULL for a reading of data.';
COMMENT ON COLUMN kernel.audit_inbox.shape_id IS
'The columns that this entry speaks of; see kernel.audit_shape.';
COMMENT ON COLUMN kernel.audit_inbox.operation IS
'INSERT, UPDATE or DELETE of a row, or ACCESS: that somebody read personal data.';
COMMENT ON COLUMN kernel.audit_inbox.key IS
'The primary key of the row as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_inbox.subject IS
'Whose row it is: the user id as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_inbox.actor IS
'Who or what acted, as the transaction said; also empty.';
COMMENT ON COLUMN kernel.audit_inbox.role IS
'The role that acted, or the login where it became none.';
COMMENT ON COLUMN kernel.audit_inbox.request_id IS
'The request that the transaction served; also empty.';
COMMENT ON COLUMN kernel.audit_inbox.old IS
'Values before the change of the columns that are not personal, in the order of the shape.
Instants are in UTC.';
COMMENT ON COLUMN kernel.audit_inbox.details IS
'Of an access: what was done, and to which columns.';
COMMENT ON COLUMN kernel.audit_inbox.opening IS
'16 random bytes, then for each personal column 16 bytes of a keyed hash of its value before the
change (zeros for NULL). NULL once it is erased.';
COMMENT ON COLUMN kernel.audit_inbox.commitment IS
'SHA-256 of the opening, once that is erased; what the seal holds is the same before and after.';

ALTER TABLE kernel.audit_inbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_inbox FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_inbox
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY insert_definer ON kernel.audit_inbox
FOR INSERT TO strongroom_definer WITH CHECK (true);
CREATE POLICY select_auditor ON kernel.audit_inbox
FOR SELECT TO strongroom_auditor USING (true);
CREATE POLICY select_watch ON kernel.audit_inbox
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

-- Not by columns, for each would be looked up in every statement that is audited.
GRANT INSERT ON kernel.audit_inbox TO strongroom_definer;
-- Not the openings: who guesses a value could try it on them.
GRANT SELECT (
    id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details, commitment
)
ON kernel.audit_inbox TO strongroom_auditor;
-- To see how far the seals are behind.
GRANT SELECT (id, at) ON kernel.audit_inbox TO strongroom_runner, pg_monitor;

-- A DELETE is how kernel.seal_audit takes entries out.
CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OF
    id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details
OR TRUNCATE
ON kernel.audit_inbox
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_inbox IS
'Only what opens a commitment can go.';
