-- Keep, for copies that are restored later, whom they must forget again.
-- depends: 0017.kernel.find-people
-- locks: none that anyone waits for; everything is new

CREATE TABLE kernel.erasure_ledger (
    seq bigint NOT NULL,
    app text NOT NULL,
    pseudonym bytea NOT NULL,
    key_id text NOT NULL,
    act uuid NOT NULL,
    erased_at timestamptz NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT erasure_ledger_pkey PRIMARY KEY (seq),
    CONSTRAINT erasure_ledger_act_key UNIQUE (act),
    CONSTRAINT erasure_ledger_seq_check CHECK (seq > 0),
    CONSTRAINT erasure_ledger_app_length_check CHECK (length(app) BETWEEN 1 AND 63),
    CONSTRAINT erasure_ledger_pseudonym_length_check
        CHECK (octet_length(pseudonym) BETWEEN 16 AND 64),
    CONSTRAINT erasure_ledger_key_id_length_check CHECK (length(key_id) BETWEEN 1 AND 200),
    CONSTRAINT erasure_ledger_erased_at_finite_check CHECK (isfinite(erased_at)),
    CONSTRAINT erasure_ledger_previous_length_check CHECK (octet_length(previous) = 32),
    CONSTRAINT erasure_ledger_hash_check CHECK (
        hash = kernel.ledger_link(previous, seq, app, pseudonym, key_id, act, erased_at)
    )
);

COMMENT ON TABLE kernel.erasure_ledger IS
'One entry for each erasure that was finished, chained by hash; append only. Kept outside the backups
as well (strongroom subject ledger export), it says whom to erase again in a copy that was restored.
It names nobody: whose entry it is can be told by who has the key and the person''s id.';
COMMENT ON COLUMN kernel.erasure_ledger.seq IS
'Number of the entry, from 1 without gaps.';
COMMENT ON COLUMN kernel.erasure_ledger.app IS
'App of the person who was erased.';
COMMENT ON COLUMN kernel.erasure_ledger.pseudonym IS
'HMAC of app and person under a key that is outside the database.';
COMMENT ON COLUMN kernel.erasure_ledger.key_id IS
'Which key; see kernel.encryption_key, kind pseudonym.';
COMMENT ON COLUMN kernel.erasure_ledger.act IS
'The request that was carried out, by which its evidence is found.';
COMMENT ON COLUMN kernel.erasure_ledger.erased_at IS
'When the erasure was finished.';
COMMENT ON COLUMN kernel.erasure_ledger.previous IS
'hash of the entry before; 32 zero bytes for the first.';
COMMENT ON COLUMN kernel.erasure_ledger.hash IS
'kernel.ledger_link() over the rest of the entry.';

ALTER TABLE kernel.erasure_ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erasure_ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erasure_ledger
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.erasure_ledger
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.erasure_ledger TO strongroom_runner;

CREATE TRIGGER t10_refuse_rewriting
BEFORE UPDATE OR DELETE OR TRUNCATE ON kernel.erasure_ledger
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_rewriting();

COMMENT ON TRIGGER t10_refuse_rewriting ON kernel.erasure_ledger IS
'An entry stays as it was written.';
