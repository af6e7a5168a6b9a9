CREATE TABLE kernel.replayed_erasure (
    seq bigint NOT NULL,
    request_id uuid NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT replayed_erasure_pkey PRIMARY KEY (seq),
    CONSTRAINT replayed_erasure_seq_fkey FOREIGN KEY (seq) REFERENCES kernel.erasure_ledger (seq)
);

COMMENT ON TABLE kernel.replayed_erasure IS
'Entries of an exported ledger whose person was found in this copy, and the request that erases the
person again. The gate opens when each of them is done. Append only.';
COMMENT ON COLUMN kernel.replayed_erasure.seq IS
'Number of the entry in kernel.erasure_ledger.';
COMMENT ON COLUMN kernel.replayed_erasure.request_id IS
'The request: kernel.subject_request.';
COMMENT ON COLUMN kernel.replayed_erasure.opened_at IS
'When the request was opened.';

ALTER TABLE kernel.replayed_erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.replayed_erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.replayed_erasure
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.replayed_erasure
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.replayed_erasure TO strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.replayed_erasure
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.replayed_erasure IS
'Who was to be erased again stays known.';
