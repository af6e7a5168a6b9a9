CREATE TABLE kernel.audit_seal (
    batch bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    system_identifier bigint NOT NULL,
    row_count bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    root bytea NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT audit_seal_pkey PRIMARY KEY (batch),
    CONSTRAINT audit_seal_batch_check CHECK (batch > 0),
    CONSTRAINT audit_seal_row_count_check CHECK (row_count > 0),
    CONSTRAINT audit_seal_root_length_check CHECK (octet_length(root) = 32),
    CONSTRAINT audit_seal_chain_length_check CHECK (octet_length(chain) = 32)
);

COMMENT ON TABLE kernel.audit_seal IS
'One row for each batch of kernel.audit_log: what its entries hash to, chained to the batch before.';
COMMENT ON COLUMN kernel.audit_seal.batch IS
'Number of the batch; there are no gaps.';
COMMENT ON COLUMN kernel.audit_seal.sealed_at IS
'When it was sealed.';
COMMENT ON COLUMN kernel.audit_seal.system_identifier IS
'The server that sealed it. Another one follows where a dump was restored.';
COMMENT ON COLUMN kernel.audit_seal.row_count IS
'How many entries.';
COMMENT ON COLUMN kernel.audit_seal.first_at IS
'The time of the oldest entry.';
COMMENT ON COLUMN kernel.audit_seal.last_at IS
'The time of the newest entry; in the same month, so that batches end with partitions.';
COMMENT ON COLUMN kernel.audit_seal.root IS
'Merkle root of the entries in the order of their ids; see kernel.merkle_root.';
COMMENT ON COLUMN kernel.audit_seal.chain IS
'SHA-256 over the chain of the batch before and all of this row; see kernel.audit_link.';

ALTER TABLE kernel.audit_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.audit_seal FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.audit_seal
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.audit_seal
FOR SELECT TO strongroom_auditor, strongroom_definer, strongroom_runner USING (true);

GRANT SELECT ON kernel.audit_seal TO strongroom_auditor, strongroom_definer, strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.audit_seal
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audit_change();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.audit_seal IS
'A seal stays as it was set.';

INSERT INTO kernel.job (name, function_name, schedule, priority)
VALUES ('seal_audit', 'kernel.seal_audit()', '1 minute', 50)
ON CONFLICT DO NOTHING;
