CREATE TABLE kernel.masking_key (
    app text NOT NULL,
    inner_key bytea NOT NULL,
    outer_key bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    made_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT masking_key_pkey PRIMARY KEY (app),
    CONSTRAINT masking_key_inner_key_length_check CHECK (octet_length(inner_key) = 64),
    CONSTRAINT masking_key_outer_key_length_check CHECK (octet_length(outer_key) = 64)
);

-- Keys are not for the planner's statistics.
ALTER TABLE kernel.masking_key
    ALTER COLUMN inner_key SET STATISTICS 0,
    ALTER COLUMN outer_key SET STATISTICS 0;

COMMENT ON TABLE kernel.masking_key IS
'What the pseudonyms in the masked views of an app are keyed by. It lies beside the data that it hides,
and goes into the same backups: it keeps analysts, and whoever finds their copies, from guessing, and
nobody else. Only the owner reads the keys, in the name of the views.';
COMMENT ON COLUMN kernel.masking_key.app IS
'The app: its schema.';
COMMENT ON COLUMN kernel.masking_key.inner_key IS
'64 random bytes, a block of SHA-256.';
COMMENT ON COLUMN kernel.masking_key.outer_key IS
'64 random bytes, a block of SHA-256.';
COMMENT ON COLUMN kernel.masking_key.version IS
'1, and one more with each rotation.';
COMMENT ON COLUMN kernel.masking_key.made_at IS
'When this key was made.';

ALTER TABLE kernel.masking_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.masking_key FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.masking_key
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_monitor ON kernel.masking_key
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT (app, version, made_at) ON kernel.masking_key TO strongroom_runner, pg_monitor;
