-- Keep what the law wants kept, and write down what was destroyed.
-- depends: 0006.kernel.partition-policy
-- locks: none that anyone waits for; new tables

CREATE TABLE kernel.legal_hold (
    id bigint GENERATED ALWAYS AS IDENTITY,
    app text,
    subject text,
    relation regclass,
    row_key jsonb,
    reason text NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    placed_by text NOT NULL,
    placed_as text NOT NULL DEFAULT SESSION_USER,
    expires_at timestamptz,
    released_at timestamptz,
    released_by text,
    released_as text,
    release_reason text,
    CONSTRAINT legal_hold_pkey PRIMARY KEY (id),
    CONSTRAINT legal_hold_target_check CHECK (
        (app IS NULL) = (subject IS NULL)
        AND (subject IS NULL) <> (relation IS NULL)
        AND (row_key IS NULL OR relation IS NOT NULL)
    ),
    CONSTRAINT legal_hold_row_key_check CHECK (
        jsonb_typeof(row_key) = 'object' AND row_key <> '{}'
    ),
    CONSTRAINT legal_hold_reason_length_check CHECK (length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT legal_hold_release_reason_length_check
        CHECK (length(release_reason) BETWEEN 1 AND 2000),
    CONSTRAINT legal_hold_expiry_check CHECK (expires_at > placed_at),
    CONSTRAINT legal_hold_release_check CHECK (
        num_nulls(released_at, released_by, released_as, release_reason) IN (0, 4)
        AND (released_at IS NULL OR released_at >= placed_at)
    )
);

CREATE INDEX legal_hold_app_subject_idx ON kernel.legal_hold (app, subject)
WHERE released_at IS NULL AND subject IS NOT NULL;

CREATE INDEX legal_hold_relation_idx ON kernel.legal_hold (relation)
WHERE released_at IS NULL AND relation IS NOT NULL;

CREATE INDEX legal_hold_expires_at_idx ON kernel.legal_hold (expires_at)
WHERE released_at IS NULL AND expires_at IS NOT NULL;

COMMENT ON TABLE kernel.legal_hold IS
'What may not be destroyed: a person, a table, or one row. A hold is in force until it is released;
one that expires is released by kernel.release_expired_holds(). Rows stay as they are written, but
for their release.';
COMMENT ON COLUMN kernel.legal_hold.id IS
'Number of the hold.';
COMMENT ON COLUMN kernel.legal_hold.app IS
'App of the person who is held.';
COMMENT ON COLUMN kernel.legal_hold.subject IS
'The person who is held: the user id as PostgreSQL writes it.';
COMMENT ON COLUMN kernel.legal_hold.relation IS
'Table that is held, whole or (with row_key) in one row; a partition is held as itself.';
COMMENT ON COLUMN kernel.legal_hold.row_key IS
'Primary key of the row that is held: its columns and their values as text.';
COMMENT ON COLUMN kernel.legal_hold.reason IS
'Why, best as a reference to the case. No names: it is kept for ever.';
COMMENT ON COLUMN kernel.legal_hold.placed_at IS
'When the hold began.';
COMMENT ON COLUMN kernel.legal_hold.placed_by IS
'Who placed it: the actor of the transaction, else the login.';
COMMENT ON COLUMN kernel.legal_hold.placed_as IS
'The login that placed it, as the server knows it.';
COMMENT ON COLUMN kernel.legal_hold.expires_at IS
'When it is to be released by itself; NULL for never.';
COMMENT ON COLUMN kernel.legal_hold.released_at IS
'When the hold ended; NULL while it is in force.';
COMMENT ON COLUMN kernel.legal_hold.released_by IS
'Who released it: the actor of the transaction, else the login.';
COMMENT ON COLUMN kernel.legal_hold.released_as IS
'The login that released it, as the server knows it.';
COMMENT ON COLUMN kernel.legal_hold.release_reason IS
'Why it was released.';

ALTER TABLE kernel.legal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.legal_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.legal_hold
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.legal_hold
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.legal_hold TO strongroom_runner;

CREATE TRIGGER t10_refuse_change
BEFORE UPDATE ON kernel.legal_hold
FOR EACH ROW
WHEN (
    OLD.released_at IS NOT NULL
    OR (
        NEW.id, NEW.app, NEW.subject, NEW.relation, NEW.row_key, NEW.reason,
        NEW.placed_at, NEW.placed_by, NEW.placed_as, NEW.expires_at
    ) IS DISTINCT FROM (
        OLD.id, OLD.app, OLD.subject, OLD.relation, OLD.row_key, OLD.reason,
        OLD.placed_at, OLD.placed_by, OLD.placed_as, OLD.expires_at
    )
)
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_change ON kernel.legal_hold IS
'A hold may be released once; nothing else of it changes.';

CREATE TRIGGER t10_refuse_removal
BEFORE DELETE OR TRUNCATE ON kernel.legal_hold
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_removal ON kernel.legal_hold IS
'Who was held, and why, stays known.';

INSERT INTO kernel.job (name, function_name, schedule, priority)
VALUES ('release_expired_holds', 'kernel.release_expired_holds()', '1 hour', 100)
ON CONFLICT DO NOTHING;

CREATE VIEW kernel.pinned_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.legal_hold AS h
WHERE h.released_at IS NULL AND h.subject IS NOT NULL;

COMMENT ON VIEW kernel.pinned_subject IS
'The people whose rows may not be destroyed now, one row a reason. Whatever destroys takes
kernel.lock_pins() first, then leaves the rows of these people alone.';
COMMENT ON COLUMN kernel.pinned_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.pinned_subject.subject IS
'The person: the user id as PostgreSQL writes it.';

GRANT SELECT ON kernel.pinned_subject TO strongroom_runner;

CREATE TABLE kernel.destruction_record (
    id bigint GENERATED ALWAYS AS IDENTITY,
    relation_name text NOT NULL,
    partition_name text,
    policy_name text,
    action text NOT NULL,
    bounds_from text,
    bounds_to text,
    row_count bigint NOT NULL,
    digest bytea,
    reason text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    recorded_by text NOT NULL,
    recorded_as text NOT NULL DEFAULT SESSION_USER,
    CONSTRAINT destruction_record_pkey PRIMARY KEY (id),
    CONSTRAINT destruction_record_action_check CHECK (action IN ('drop', 'delete', 'null', 'mask')),
    CONSTRAINT destruction_record_row_count_check CHECK (row_count >= 0),
    CONSTRAINT destruction_record_digest_length_check CHECK (octet_length(digest) = 32),
    CONSTRAINT destruction_record_reason_length_check CHECK (length(reason) BETWEEN 1 AND 2000)
);

CREATE INDEX destruction_record_relation_name_idx
ON kernel.destruction_record (relation_name, recorded_at);

COMMENT ON TABLE kernel.destruction_record IS
'What was destroyed, when and why; written in the transaction that destroys. It holds nothing of a
person, refers to nobody, and only grows.';
COMMENT ON COLUMN kernel.destruction_record.id IS
'Number of the record.';
COMMENT ON COLUMN kernel.destruction_record.relation_name IS
'Schema and name of the table, as it was called then.';
COMMENT ON COLUMN kernel.destruction_record.partition_name IS
'Schema and name of the partition; NULL for rows of the table as a whole.';
COMMENT ON COLUMN kernel.destruction_record.policy_name IS
'Name of the retention policy; NULL where none was.';
COMMENT ON COLUMN kernel.destruction_record.action IS
'drop a partition, delete rows, null or mask columns.';
COMMENT ON COLUMN kernel.destruction_record.bounds_from IS
'Where the range begins that the rows were in: a time or a key, in UTC; itself in the range.';
COMMENT ON COLUMN kernel.destruction_record.bounds_to IS
'Where the range ends; itself not in it.';
COMMENT ON COLUMN kernel.destruction_record.row_count IS
'How many rows.';
COMMENT ON COLUMN kernel.destruction_record.digest IS
'SHA-256 over what was destroyed; NULL where only the bounds and the count are known.';
COMMENT ON COLUMN kernel.destruction_record.reason IS
'Why.';
COMMENT ON COLUMN kernel.destruction_record.recorded_at IS
'When: the transaction.';
COMMENT ON COLUMN kernel.destruction_record.recorded_by IS
'Who: the actor of the transaction, else the login.';
COMMENT ON COLUMN kernel.destruction_record.recorded_as IS
'The login, as the server knows it.';

ALTER TABLE kernel.destruction_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.destruction_record FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.destruction_record
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.destruction_record
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.destruction_record TO strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.destruction_record
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.destruction_record IS
'What was destroyed stays known.';
