-- Keep which keys seal fields, so that the database can vouch for what it can not read.
-- depends: 0019.kernel.create-requests
-- locks: none that anyone waits for; new tables

CREATE DOMAIN kernel.sealed AS bytea
CONSTRAINT sealed_version_check CHECK (substring(VALUE FROM 1 FOR 1) = '\x01')
CONSTRAINT sealed_length_check CHECK (octet_length(VALUE) >= 38);

COMMENT ON DOMAIN kernel.sealed IS
'A value that is encrypted before it reaches the server: one byte of version (1), the number of the
data key (8 bytes, big endian), nonce (12), AES-256-GCM ciphertext, tag (16). Columns of this type
have the tag @sealed and the triggers of kernel.guard_sealed().';
COMMENT ON CONSTRAINT sealed_version_check ON DOMAIN kernel.sealed IS
'@error UnknownEnvelopeVersion A sealed value begins with its version, and 1 is the only one.';
COMMENT ON CONSTRAINT sealed_length_check ON DOMAIN kernel.sealed IS
'@error EnvelopeTooShort A sealed value has at least 38 bytes: version, key, nonce, one block, tag.';

GRANT USAGE ON TYPE kernel.sealed TO strongroom_client, strongroom_definer, strongroom_runner;

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

CREATE TABLE kernel.subject_key (
    id bigint GENERATED ALWAYS AS IDENTITY,
    app text NOT NULL,
    subject text,
    purpose text NOT NULL,
    encryption_key_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    wrapped_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    replaced_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT subject_key_pkey PRIMARY KEY (id),
    CONSTRAINT subject_key_encryption_key_id_fkey FOREIGN KEY (encryption_key_id)
        REFERENCES kernel.encryption_key (id),
    CONSTRAINT subject_key_subject_length_check CHECK (length(subject) BETWEEN 1 AND 200),
    CONSTRAINT subject_key_wrapped_length_check CHECK (octet_length(wrapped) BETWEEN 32 AND 4096),
    CONSTRAINT subject_key_closing_check CHECK (closed_at IS NULL OR replaced_at IS NOT NULL)
);

CREATE UNIQUE INDEX subject_key_live_key ON kernel.subject_key (app, purpose, subject)
NULLS NOT DISTINCT
WHERE replaced_at IS NULL;

CREATE INDEX subject_key_app_subject_idx ON kernel.subject_key (app, subject);

CREATE INDEX subject_key_encryption_key_id_idx ON kernel.subject_key (encryption_key_id, id);

COMMENT ON TABLE kernel.subject_key IS
'The data keys that seal fields, each wrapped by a master key that the server does not have. A person
has one for each purpose; deleting it makes unreadable what it sealed, in every copy of the rows.
Back this table up apart from the others, and keep those copies briefly.';
COMMENT ON COLUMN kernel.subject_key.id IS
'The number that envelopes carry.';
COMMENT ON COLUMN kernel.subject_key.app IS
'The app.';
COMMENT ON COLUMN kernel.subject_key.subject IS
'The person whose data it seals: the user id as PostgreSQL writes it. NULL: the app''s own secrets.';
COMMENT ON COLUMN kernel.subject_key.purpose IS
'What it seals: the last word of the tag @sealed.';
COMMENT ON COLUMN kernel.subject_key.encryption_key_id IS
'The master key that wraps it.';
COMMENT ON COLUMN kernel.subject_key.wrapped IS
'The key, encrypted by the master key and bound to app, person and purpose.';
COMMENT ON COLUMN kernel.subject_key.created_at IS
'When it was made.';
COMMENT ON COLUMN kernel.subject_key.wrapped_at IS
'When it was last wrapped.';
COMMENT ON COLUMN kernel.subject_key.replaced_at IS
'When another one took its place; rows are being sealed anew.';
COMMENT ON COLUMN kernel.subject_key.closed_at IS
'Since when no row can be written under it any more.';

ALTER TABLE kernel.subject_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.subject_key FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.subject_key
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_definer ON kernel.subject_key
FOR SELECT TO strongroom_definer USING (true);
CREATE POLICY insert_definer ON kernel.subject_key
FOR INSERT TO strongroom_definer WITH CHECK (true);
-- To lock a row is to have the right to change it; nothing of the definer's does.
CREATE POLICY update_definer ON kernel.subject_key
FOR UPDATE TO strongroom_definer USING (true) WITH CHECK (false);

GRANT SELECT, INSERT (app, subject, purpose, encryption_key_id, wrapped), UPDATE (created_at)
ON kernel.subject_key TO strongroom_definer;

CREATE OR REPLACE VIEW kernel.check_column_tags
WITH (security_invoker = true)
AS
WITH
columns AS (
    SELECT
        format('%I.%I.%I', n.nspname, c.relname, a.attname) AS object,
        pg_catalog.col_description(c.oid, a.attnum) AS comment
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p', 'm', 'f')
      -- Partitions speak through their root.
      AND NOT c.relispartition
),
tags AS MATERIALIZED (
    SELECT c.object, t.tag, t.argument
    FROM columns AS c
    CROSS JOIN kernel.comment_tags(c.comment) AS t
),
classes AS (
    SELECT
        t.object,
        count(*) FILTER (WHERE t.tag IN ('personal', 'public', 'internal')) AS class_count,
        bool_or(t.tag = 'personal') AS is_personal,
        bool_or(t.tag = 'erase') AS has_erase
    FROM tags AS t
    GROUP BY t.object
)
SELECT
    'column_tags' AS name,
    'A column does not say what it holds' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'Export, erasure, masking and audit follow the tags in the comments of'
    ' columns. A column without a class counts as personal, and nobody knows how'
    ' to erase it.' AS description,
    format('%s %s.', found.object, found.problem) AS detail,
    'COMMENT ON COLUMN, with one of @personal KIND, @public, @internal on a line'
    ' of its own at the end, and @erase below @personal.' AS remediation,
    jsonb_build_object('column', found.object) AS metadata,
    format('column_tags:%s:%s', found.object, found.problem) AS cache_key
FROM (
    SELECT c.object, 'has no class: @personal KIND, @public or @internal'
    FROM columns AS c
    LEFT JOIN classes AS k ON k.object = c.object
    WHERE coalesce(k.class_count, 0) = 0
    UNION ALL
    SELECT k.object, format('has %s classes', k.class_count)
    FROM classes AS k
    WHERE k.class_count > 1
    UNION ALL
    SELECT t.object, format('has an unknown tag: @%s', t.tag)
    FROM tags AS t
    WHERE t.tag NOT IN (
        'personal', 'public', 'internal', 'erase', 'sealed', 'blind', 'json', 'subject'
    )
    UNION ALL
    SELECT
        t.object,
        format('has an argument that @%s does not take: %s', t.tag, coalesce(t.argument, 'none'))
    FROM tags AS t
    WHERE t.tag = 'personal' AND t.argument IS NULL
       OR t.tag IN ('public', 'internal') AND t.argument IS NOT NULL
       OR t.tag = 'erase' AND coalesce(t.argument, '') !~ '^(delete|null|mask .+|keep .+)$'
       OR t.tag = 'sealed' AND coalesce(t.argument, '') !~ '^\S+ \S+ \S+( pad [1-9]\d{0,3})?$'
       OR t.tag = 'blind' AND coalesce(t.argument, '') !~ '^\S+ \S+$'
       OR t.tag = 'json' AND t.argument IS NULL
    UNION ALL
    SELECT k.object, 'is personal and does not say what erasure does: @erase'
    FROM classes AS k
    WHERE k.is_personal AND NOT k.has_erase
) AS found (object, problem);

COMMENT ON VIEW kernel.check_column_tags IS
'Columns of apps without a class, with several, or with tags that mean nothing. Partitions speak
through their root.';

GRANT SELECT ON kernel.check_column_tags TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_sealing_drift
WITH (security_invoker = true)
AS
WITH
tables AS MATERIALIZED (
    SELECT
        c.oid,
        c.oid AS root,
        format('%I.%I', n.nspname, c.relname) AS relation,
        ARRAY(SELECT s.column_name FROM kernel.sealed_columns(c.oid) AS s) AS tagged,
        ARRAY(
            SELECT a.attname
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              AND a.atttypid = 'kernel.sealed'::pg_catalog.regtype
        ) AS typed
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
),
members AS (
    SELECT t.oid, t.root, t.relation, false AS is_partition
    FROM tables AS t
    WHERE t.tagged <> '{}'
    UNION ALL
    SELECT p.relid, t.root, format('%I.%I', n.nspname, c.relname), true
    FROM tables AS t
    CROSS JOIN pg_catalog.pg_partition_tree(t.root) AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE t.tagged <> '{}' AND p.relid <> t.root
)
SELECT
    'sealing_drift' AS name,
    'Sealed columns are not guarded as they should be' AS title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY', 'PRIVACY'] AS categories,
    'The guard of a table refuses values that are sealed under another person''s key, or under one that'
    ' is gone, and no key is retired safely without it. Its columns are baked in.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('relation', found.relation) AS metadata,
    format('sealing_drift:%s:%s', found.relation, found.what) AS cache_key
FROM (
    SELECT
        CASE WHEN m.is_partition THEN 'WARN' ELSE 'ERROR' END,
        m.relation,
        wanted.trigger,
        format('%s has no trigger %s, or it is disabled.', m.relation, wanted.trigger),
        format('SELECT kernel.guard_sealed(%L), in a migration.', t.relation)
    FROM members AS m
    JOIN tables AS t ON t.oid = m.root
    CROSS JOIN (VALUES ('t20_guard_insert'), ('t20_guard_update')) AS wanted (trigger)
    WHERE NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_trigger AS g
        WHERE g.tgrelid = m.oid AND g.tgname = wanted.trigger AND g.tgenabled IN ('O', 'A')
    )
    UNION ALL
    SELECT
        'ERROR', t.relation, 'columns',
        format('The columns or tags of %s are not those that it is guarded by.', t.relation),
        format('SELECT kernel.guard_sealed(%L), in a migration.', t.relation)
    FROM tables AS t
    JOIN pg_catalog.pg_trigger AS g ON g.tgrelid = t.oid AND g.tgname = 't20_guard_update'
    CROSS JOIN kernel.comment_tags(pg_catalog.obj_description(g.tgfoid, 'pg_proc')) AS tag
    WHERE tag.tag = 'guard' AND tag.argument <> pg_catalog.md5(kernel.guard_shape(t.oid)::text)
    UNION ALL
    SELECT
        'ERROR', t.relation, 'problem',
        format('%s can''t be guarded. %s', t.relation, kernel.guard_problem(t.oid)),
        'Mend the table or the tags of its columns.'
    FROM tables AS t
    WHERE t.tagged <> '{}' AND kernel.guard_problem(t.oid) IS NOT NULL
    UNION ALL
    SELECT
        'ERROR', t.relation, 'untagged:' || c.name,
        format('Column %I of %s is of type kernel.sealed and has no tag @sealed.', c.name, t.relation),
        'COMMENT ON COLUMN, with @sealed TYPE LABEL KEY on a line of its own at the end.'
    FROM tables AS t
    CROSS JOIN unnest(t.typed) AS c (name)
    WHERE c.name <> ALL (t.tagged)
) AS found (level, relation, what, detail, remediation);

COMMENT ON VIEW kernel.check_sealing_drift IS
'Tables with sealed columns that are not guarded, guarded by other columns or tags than they have, or
that can''t be guarded, and columns of type kernel.sealed without a tag: ERROR. Partitions that lack a
trigger of their own: WARN.';

GRANT SELECT ON kernel.check_sealing_drift TO strongroom_runner, pg_monitor;
