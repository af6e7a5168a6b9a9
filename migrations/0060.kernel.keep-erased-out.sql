-- Let nobody write in the name of a person who was erased and whose row stays.
-- depends: 0027.kernel.replay-erasures
-- locks: none that anyone waits for; everything is new

CREATE TABLE kernel.erased_subject (
    app text NOT NULL,
    digest bytea NOT NULL,
    erased_at timestamptz,
    CONSTRAINT erased_subject_pkey PRIMARY KEY (app, digest),
    CONSTRAINT erased_subject_digest_length_check CHECK (octet_length(digest) = 32)
);

COMMENT ON TABLE kernel.erased_subject IS
'People who are being erased, and those who were and whose row stays as a tombstone: nothing is written
in their name any more. Names them by kernel.subject_digest(), for who has an id to be looked up by.';
COMMENT ON COLUMN kernel.erased_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.erased_subject.digest IS
'kernel.subject_digest() of app and user id.';
COMMENT ON COLUMN kernel.erased_subject.erased_at IS
'When the erasure ended; NULL while it runs, for what the person writes until then goes with the rest.';

ALTER TABLE kernel.erased_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.erased_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.erased_subject
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_definer ON kernel.erased_subject
FOR SELECT TO strongroom_definer USING (true);

GRANT SELECT ON kernel.erased_subject TO strongroom_definer;
