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
    key_types jsonb,
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

-- Of any length, which an ordered index does not take.
CREATE INDEX legal_hold_row_key_idx ON kernel.legal_hold USING hash (row_key)
WHERE released_at IS NULL;

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
COMMENT ON COLUMN kernel.legal_hold.key_types IS
'Of which types the columns of the key were (kernel.key_types): another one writes its values otherwise.';

ALTER TABLE kernel.legal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.legal_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.legal_hold
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.legal_hold
FOR SELECT TO strongroom_runner USING (true);
CREATE POLICY select_watch ON kernel.legal_hold
FOR SELECT TO pg_monitor USING (true);

GRANT SELECT ON kernel.legal_hold TO strongroom_runner;
-- When holds end, and nothing of whom or what they keep.
GRANT SELECT (id, placed_at, expires_at, released_at) ON kernel.legal_hold TO pg_monitor;

CREATE TRIGGER t10_refuse_change
BEFORE UPDATE ON kernel.legal_hold
FOR EACH ROW
WHEN (
    OLD.released_at IS NOT NULL
    OR (
        NEW.id, NEW.app, NEW.subject, NEW.relation, NEW.row_key, NEW.reason,
        NEW.placed_at, NEW.placed_by, NEW.placed_as, NEW.expires_at, NEW.key_types
    ) IS DISTINCT FROM (
        OLD.id, OLD.app, OLD.subject, OLD.relation, OLD.row_key, OLD.reason,
        OLD.placed_at, OLD.placed_by, OLD.placed_as, OLD.expires_at, OLD.key_types
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
