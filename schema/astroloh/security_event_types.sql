CREATE TABLE astroloh.security_event_types (
    event_type text NOT NULL,
    meaning text NOT NULL,
    is_reported boolean NOT NULL,
    CONSTRAINT security_event_types_pkey PRIMARY KEY (event_type),
    CONSTRAINT security_event_types_event_type_check
        CHECK (event_type ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT security_event_types_meaning_check CHECK (length(meaning) BETWEEN 1 AND 200)
);

COMMENT ON TABLE astroloh.security_event_types IS
'What can stand in the security log: its vocabulary. Belongs to nobody.
@row SecurityEventType
@rows 20';
COMMENT ON COLUMN astroloh.security_event_types.event_type IS
'The word.
@public';
COMMENT ON COLUMN astroloh.security_event_types.meaning IS
'What happened then.
@public';
COMMENT ON COLUMN astroloh.security_event_types.is_reported IS
'Whether programs may report it; what the database sees by itself they may not.
@public';

ALTER TABLE astroloh.security_event_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.security_event_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.security_event_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.security_event_types
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_all ON astroloh.security_event_types
FOR SELECT TO astroloh_worker, astroloh_analyst, astroloh_definer USING (true);

GRANT SELECT ON astroloh.security_event_types
TO astroloh_worker, astroloh_analyst, astroloh_definer;

INSERT INTO astroloh.security_event_types (event_type, meaning, is_reported)
VALUES
    ('login', 'a dialog began, or was refused', true),
    ('logout', 'a dialog was ended', false),
    ('data_access', 'personal data was read or handed out', true),
    ('encryption', 'a value was stored that is sealed', false),
    ('decryption', 'sealed values were given out to be opened', false),
    ('deletion', 'a person, or what is kept of one, was deleted', false),
    ('identity_change', 'a platform was linked or unlinked', false),
    ('consent', 'consent was given or withdrawn', false),
    ('suspicion', 'a program saw what it takes for an attack', true),
    ('session_cleanup', 'dialogs that were over were deleted', false),
    ('data_retention', 'people whose time was over went to review', false)
ON CONFLICT DO NOTHING;
