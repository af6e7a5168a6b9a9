CREATE TABLE kernel.audit_log (
    batch bigint NOT NULL,
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    transaction_id xid8 NOT NULL,
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
    commitment bytea,
    CONSTRAINT audit_log_pkey PRIMARY KEY (batch, id, at),
    CONSTRAINT audit_log_operation_check
        CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'ACCESS')),
    CONSTRAINT audit_log_commitment_length_check CHECK (octet_length(commitment) = 32)
)
PARTITION BY RANGE (at);

-- Equality alone is asked, and these are half as large as ordered ones.
CREATE INDEX audit_log_key_idx ON kernel.audit_log USING hash (key);

CREATE INDEX audit_log_subject_idx ON kernel.audit_log USING hash (subject);

CREATE INDEX audit_log_actor_at_idx ON kernel.audit_log (actor, at)
WHERE operation = 'ACCESS';

COMMENT ON TABLE kernel.audit_log IS
'Who changed what of whom, or read it: entries under seal. Nothing refers to people, so that it
outlives them. kernel.audit_entries adds those that wait for their seal.';
COMMENT ON COLUMN kernel.audit_log.batch IS
'The batch that it was sealed in; see kernel.audit_seal.';
COMMENT ON COLUMN kernel.audit_log.id IS
'Number of the entry. Of two changes of one row, the later has the higher number.';
COMMENT ON COLUMN kernel.audit_log.at IS
'The time of the transaction.';
COMMENT ON COLUMN kernel.audit_log.transaction_id IS
'The transaction, as the server numbered it that ran it: a restored database begins anew.';
COMMENT ON COLUMN kernel.audit_log.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.audit_log.relation IS
'The table, by the name of its root; NULL for a reading of data.';
COMMENT ON COLUMN kernel.audit_log.shape_id IS
'The columns that this entry speaks of; see kernel.audit_shape.';
COMMENT ON COLUMN kernel.audit_log.operation IS
'INSERT, UPDATE or DELETE of a row, or ACCESS: that somebody read personal data.';
COMMENT ON COLUMN kernel.audit_log.key IS
'The primary key of the row as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_log.subject IS
'Whose row it is: the user id as text; of several columns, a JSON array of texts.';
COMMENT ON COLUMN kernel.audit_log.actor IS
'Who or what acted, as the transaction said.';
COMMENT ON COLUMN kernel.audit_log.role IS
'The role that acted, or the login where it became none.';
COMMENT ON COLUMN kernel.audit_log.request_id IS
'The request that the transaction served.';
COMMENT ON COLUMN kernel.audit_log.old IS
'Values before the change of the columns that are not personal, in the order of the shape.
Instants are in UTC.';
COMMENT ON COLUMN kernel.audit_log.details IS
'Of an access: what was done, and to which columns.';
COMMENT ON COLUMN kernel.audit_log.opening IS
'16 random bytes, then for each personal column 16 bytes of a keyed hash of its value before the
change (zeros for NULL). NULL once it is erased.';
COMMENT ON COLUMN kernel.audit_log.commitment IS
'SHA-256 of the opening, once that is erased; what the seal holds is the same before and after.';

ALTER TABLE kernel.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_log
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.audit_log
FOR SELECT TO strongroom_auditor, strongroom_definer USING (true);

-- Not the openings: who guesses a value could try it on them.
GRANT SELECT (
    batch, id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details, commitment
)
ON kernel.audit_log TO strongroom_auditor;
-- To compute what the seals hold.
GRANT SELECT ON kernel.audit_log TO strongroom_definer;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OF
    batch, id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor, role,
    request_id, old, details
OR DELETE OR TRUNCATE
ON kernel.audit_log
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_log IS
'Only what opens a commitment can go.';

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('kernel.audit_log', 'time', '1 month', 12)
ON CONFLICT DO NOTHING;
