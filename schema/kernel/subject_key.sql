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
