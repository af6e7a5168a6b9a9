CREATE TABLE kernel.encryption_key (
    id text NOT NULL,
    app text NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    fingerprint bytea NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    retiring_at timestamptz,
    retired_at timestamptz,
    CONSTRAINT encryption_key_pkey PRIMARY KEY (id),
    CONSTRAINT encryption_key_id_check CHECK (id = app || '.' || purpose || '.' || version::text),
    CONSTRAINT encryption_key_app_name_check
        CHECK (app ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' AND length(app) <= 63),
    CONSTRAINT encryption_key_purpose_name_check
        CHECK (purpose ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' AND length(purpose) <= 63),
    CONSTRAINT encryption_key_version_range_check CHECK (version BETWEEN 1 AND 65535),
    CONSTRAINT encryption_key_kind_check CHECK (kind IN ('seal', 'index', 'pseudonym')),
    CONSTRAINT encryption_key_state_check CHECK (state IN ('coming', 'active', 'retiring', 'retired')),
    CONSTRAINT encryption_key_fingerprint_length_check CHECK (octet_length(fingerprint) = 16),
    CONSTRAINT encryption_key_times_check CHECK (
        (retiring_at IS NULL) = (state IN ('coming', 'active')) AND (retired_at IS NULL) = (state <> 'retired')
    )
);

CREATE UNIQUE INDEX encryption_key_active_key ON kernel.encryption_key (app, purpose)
WHERE state = 'active';

COMMENT ON TABLE kernel.encryption_key IS
'The master keys that there are, and none of their material, which never reaches the server. A
purpose has keys of one kind, and one of them is active.';
COMMENT ON COLUMN kernel.encryption_key.id IS
'The key''s name at whoever keeps it: app.purpose.version.';
COMMENT ON COLUMN kernel.encryption_key.app IS
'The app that it is for.';
COMMENT ON COLUMN kernel.encryption_key.purpose IS
'What kind of data it protects: the last word of the tag @sealed or @blind.';
COMMENT ON COLUMN kernel.encryption_key.version IS
'Counted up from 1 within app and purpose.';
COMMENT ON COLUMN kernel.encryption_key.kind IS
'seal: wraps data keys. index: makes blind indexes. pseudonym: makes pseudonyms.';
COMMENT ON COLUMN kernel.encryption_key.state IS
'coming: an index key that is looked up by, and not written by yet. active: the one that is used for what
is new. retiring: what it protects is still there. retired: nothing is left under it.';
COMMENT ON COLUMN kernel.encryption_key.fingerprint IS
'16 bytes by which a wrong key under the right name is known; they tell nothing of the key.';
COMMENT ON COLUMN kernel.encryption_key.registered_at IS
'When it became known.';
COMMENT ON COLUMN kernel.encryption_key.retiring_at IS
'When another one took its place.';
COMMENT ON COLUMN kernel.encryption_key.retired_at IS
'When it was proved that nothing is left under it.';

ALTER TABLE kernel.encryption_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.encryption_key FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.encryption_key
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.encryption_key
FOR SELECT TO strongroom_definer, strongroom_runner, pg_monitor USING (true);
-- To lock a row is to have the right to change it; nothing of the definer's does.
CREATE POLICY update_definer ON kernel.encryption_key
FOR UPDATE TO strongroom_definer USING (true) WITH CHECK (false);

GRANT SELECT ON kernel.encryption_key TO strongroom_definer, strongroom_runner, pg_monitor;
GRANT UPDATE (registered_at) ON kernel.encryption_key TO strongroom_definer;
