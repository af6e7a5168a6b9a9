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
