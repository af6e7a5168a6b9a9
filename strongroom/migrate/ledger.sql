-- What yoyo's ledger has no room for: content, runs, finished statements, function sources.

CREATE TABLE strongroom.migrate_version (
    version integer NOT NULL,
    installed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT migrate_version_pkey PRIMARY KEY (version)
);

COMMENT ON TABLE strongroom.migrate_version IS 'Versions of the tables in this schema.';

CREATE TABLE strongroom.migrate_run (
    run_id bigint GENERATED ALWAYS AS IDENTITY,
    operation text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    started_by text NOT NULL,
    tool_version text NOT NULL,
    source_commit text,
    CONSTRAINT migrate_run_pkey PRIMARY KEY (run_id),
    CONSTRAINT migrate_run_operation_check CHECK (operation IN ('apply', 'adopt', 'rollback'))
);

COMMENT ON TABLE strongroom.migrate_run IS 'One row for each command that changed this database.';

CREATE TABLE strongroom.migrate_file (
    migration_id text NOT NULL,
    checksum text NOT NULL,
    rollback_checksum text,
    run_id bigint NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration interval,
    server_version text NOT NULL DEFAULT current_setting('server_version'),
    CONSTRAINT migrate_file_pkey PRIMARY KEY (migration_id),
    CONSTRAINT migrate_file_run_id_fkey FOREIGN KEY (run_id) REFERENCES strongroom.migrate_run (run_id)
);

CREATE INDEX migrate_file_run_id_idx ON strongroom.migrate_file (run_id);

COMMENT ON TABLE strongroom.migrate_file IS
'The content of each applied migration: sha256 of its text with LF and without byte order mark.';

CREATE TABLE strongroom.migrate_step (
    migration_id text NOT NULL,
    direction text NOT NULL,
    step integer NOT NULL,
    checksum text NOT NULL,
    existed boolean NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    CONSTRAINT migrate_step_pkey PRIMARY KEY (migration_id, direction, step),
    CONSTRAINT migrate_step_direction_check CHECK (direction IN ('apply', 'rollback'))
);

COMMENT ON TABLE strongroom.migrate_step IS
'Statements of a non-transactional file that stopped midway; empty otherwise.';
COMMENT ON COLUMN strongroom.migrate_step.existed IS
'Whether what the statement makes or removes was there before it began.';

CREATE TABLE strongroom.migrate_source (
    version_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    path text NOT NULL,
    checksum text NOT NULL,
    source text NOT NULL,
    objects text[] NOT NULL,
    run_id bigint NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT migrate_source_pkey PRIMARY KEY (version_id),
    CONSTRAINT migrate_source_kind_check CHECK (kind IN ('bootstrap', 'function')),
    CONSTRAINT migrate_source_run_id_fkey FOREIGN KEY (run_id) REFERENCES strongroom.migrate_run (run_id)
);

CREATE INDEX migrate_source_path_idx ON strongroom.migrate_source (path, version_id);
CREATE INDEX migrate_source_run_id_idx ON strongroom.migrate_source (run_id);

COMMENT ON TABLE strongroom.migrate_source IS
'Every version of each repeatable file (roles, kernel schema, functions) that was applied; the last is current.';
COMMENT ON COLUMN strongroom.migrate_source.objects IS
'The functions and triggers that the file made, as pg_identify_object names them.';

INSERT INTO strongroom.migrate_version (version) VALUES (1);
