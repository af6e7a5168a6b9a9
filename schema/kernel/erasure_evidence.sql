CREATE TABLE kernel.erasure_evidence (
    id uuid NOT NULL,
    app text NOT NULL,
    pseudonym bytea NOT NULL,
    key_id text NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    act jsonb NOT NULL,
    log jsonb NOT NULL,
    keep_until timestamptz NOT NULL,
    CONSTRAINT erasure_evidence_pkey PRIMARY KEY (id),
    CONSTRAINT erasure_evidence_pseudonym_length_check
        CHECK (octet_length(pseudonym) BETWEEN 16 AND 64),
    CONSTRAINT erasure_evidence_key_id_length_check CHECK (length(key_id) BETWEEN 1 AND 200),
    CONSTRAINT erasure_evidence_act_check CHECK (jsonb_typeof(act) = 'object'),
    CONSTRAINT erasure_evidence_log_check CHECK (jsonb_typeof(log) = 'array'),
    CONSTRAINT erasure_evidence_keep_until_check
        CHECK (isfinite(keep_until) AND keep_until >= finished_at + interval '3 years')
);

CREATE INDEX erasure_evidence_keep_until_idx ON kernel.erasure_evidence (keep_until);

COMMENT ON TABLE kernel.erasure_evidence IS
'The proof of each erasure that was finished: an act, and the log of its steps. It refers to nothing
and names nobody: whose it is can be told by who has the key outside the database and the person''s
id. Append only, for three years.';
COMMENT ON COLUMN kernel.erasure_evidence.id IS
'Number of the request that was carried out.';
COMMENT ON COLUMN kernel.erasure_evidence.app IS
'The app.';
COMMENT ON COLUMN kernel.erasure_evidence.pseudonym IS
'HMAC of app and person under a key that is outside the database.';
COMMENT ON COLUMN kernel.erasure_evidence.key_id IS
'Which key.';
COMMENT ON COLUMN kernel.erasure_evidence.finished_at IS
'When nothing was left.';
COMMENT ON COLUMN kernel.erasure_evidence.act IS
'The act of destruction, with the fields of Roskomnadzor''s order 179 of 28 October 2022: operator,
system, categories of data, way, reason, date, who carried it out; besides, what was kept and why.';
COMMENT ON COLUMN kernel.erasure_evidence.log IS
'The export of the log: an object a step, with table, action, rows and time.';
COMMENT ON COLUMN kernel.erasure_evidence.keep_until IS
'Until when it can''t be removed; kernel.tend_requests() removes it then.';

ALTER TABLE kernel.erasure_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erasure_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erasure_evidence
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.erasure_evidence
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.erasure_evidence TO strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR TRUNCATE ON kernel.erasure_evidence
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.erasure_evidence IS
'Proof stays as written.';

CREATE TRIGGER t10_refuse_removal
BEFORE DELETE ON kernel.erasure_evidence
FOR EACH ROW
WHEN (OLD.keep_until > now())
EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_removal ON kernel.erasure_evidence IS
'Proof stays for three years.';
