-- The security log with its vocabulary, and dialogs.
-- depends: 0121.astroloh.create-people
-- locks: SHARE ROW EXCLUSIVE on astroloh.users, for an instant: the foreign keys

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
    ('deletion', 'a person''s row was deleted', false),
    ('identity_change', 'a platform was linked or unlinked', false),
    ('consent', 'consent was given or withdrawn', false),
    ('suspicion', 'a program saw what it takes for an attack', true),
    ('session_cleanup', 'dialogs that were over were deleted', false),
    ('data_retention', 'people whose time was over went to review', false)
ON CONFLICT DO NOTHING;

CREATE TABLE astroloh.security_logs (
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    event_type text NOT NULL,
    user_id uuid,
    session_id uuid,
    description text NOT NULL,
    ip_hash astroloh.keyed_hash,
    user_agent_hash astroloh.keyed_hash,
    success boolean NOT NULL,
    error_message text,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Rows of nobody in particular are among them, so the person is not in the key.
    CONSTRAINT security_logs_pkey PRIMARY KEY (occurred_at, id),
    CONSTRAINT security_logs_event_type_fkey FOREIGN KEY (event_type)
        REFERENCES astroloh.security_event_types (event_type) ON DELETE RESTRICT,
    CONSTRAINT security_logs_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE SET NULL (user_id),
    CONSTRAINT security_logs_description_length_check CHECK (length(description) BETWEEN 1 AND 500),
    CONSTRAINT security_logs_error_message_check CHECK (
        error_message IS NULL OR NOT success AND length(error_message) BETWEEN 1 AND 200
    )
) PARTITION BY RANGE (occurred_at);

CREATE INDEX security_logs_event_type_idx ON astroloh.security_logs (event_type, occurred_at);

CREATE INDEX security_logs_user_id_idx
ON astroloh.security_logs (user_id, occurred_at, event_type);

-- What failed, of all people: the rest is the primary key's.
CREATE INDEX security_logs_failure_idx ON astroloh.security_logs (occurred_at) WHERE NOT success;

COMMENT ON TABLE astroloh.security_logs IS
'What touched security, written down as it happened: only grows, and goes by whole months. Keyed by
time, for some events are nobody''s. An erased person''s events stay, without the person.
@row SecurityLog
@rows 50M';
COMMENT ON COLUMN astroloh.security_logs.id IS
'Id of the event, rising with time.
@internal';
COMMENT ON COLUMN astroloh.security_logs.event_type IS
'What happened, of the vocabulary.
@public';
COMMENT ON COLUMN astroloh.security_logs.user_id IS
'Whose data it was about; NULL for nobody in particular, and for people who were erased.
@personal identifier
@erase null
@subject';
COMMENT ON COLUMN astroloh.security_logs.session_id IS
'The dialog, by our own id of it, which opens nothing.
@personal identifier
@erase null';
COMMENT ON COLUMN astroloh.security_logs.description IS
'What happened, in words of the program: nothing of a person.
@internal';
COMMENT ON COLUMN astroloh.security_logs.ip_hash IS
'Keyed hash of the address.
@personal network
@erase null';
COMMENT ON COLUMN astroloh.security_logs.user_agent_hash IS
'Keyed hash of what the client calls itself.
@personal network
@erase null';
COMMENT ON COLUMN astroloh.security_logs.success IS
'Whether it was done; false: refused or failed.
@internal';
COMMENT ON COLUMN astroloh.security_logs.error_message IS
'Why not, as a code or the name of an error: nothing of a person.
@internal';
COMMENT ON COLUMN astroloh.security_logs.occurred_at IS
'When, by the server''s clock.
@internal';
COMMENT ON CONSTRAINT security_logs_event_type_fkey ON astroloh.security_logs IS
'@error UnknownSecurityEvent The vocabulary has no such event: see astroloh.security_event_types.';
COMMENT ON CONSTRAINT security_logs_description_length_check ON astroloh.security_logs IS
'@error DescriptionLength A description has 1 to 500 characters.';

ALTER TABLE astroloh.security_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.security_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.security_logs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.security_logs
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.security_logs
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.security_logs
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY insert_definer ON astroloh.security_logs
FOR INSERT TO astroloh_definer WITH CHECK (true);

-- Nobody writes but by the functions, which take the time from the clock.
GRANT SELECT (id, event_type, user_id, session_id, description, success, occurred_at)
ON astroloh.security_logs TO astroloh_app;
GRANT SELECT ON astroloh.security_logs TO astroloh_worker;
GRANT INSERT (
    event_type, user_id, session_id, description, ip_hash, user_agent_hash, success, error_message
)
ON astroloh.security_logs TO astroloh_definer;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('astroloh.security_logs', 'time', '1 month', 12, '3 years')
ON CONFLICT DO NOTHING;

-- A change that a superuser makes past the trigger stands under a seal.
SELECT kernel.enable_audit('astroloh.security_logs');

SELECT kernel.masked_view('astroloh.security_logs');

CREATE OR REPLACE FUNCTION astroloh.is_valid_context(p_context jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF pg_catalog.jsonb_typeof(p_context) IS DISTINCT FROM 'object' THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT
        FROM pg_catalog.jsonb_each(p_context) AS part (name, value)
        WHERE CASE
            WHEN part.name = 'turn'
                THEN part.value <> 'null' AND part.value::text !~ '^[0-9]{1,5}$'
            WHEN part.name IN ('intent', 'awaiting', 'topic', 'period')
                THEN part.value <> 'null' AND part.value::text !~ '^"[a-z][a-z0-9_]{0,49}"$'
            ELSE true
        END
    );
END;
$$;

COMMENT ON FUNCTION astroloh.is_valid_context(jsonb) IS
'Whether a document is the context of a dialog: an object with nothing but intent, awaiting, topic
and period, each a word of the program of at most 50 letters, and turn, a number up to 99999. So
it is bounded, and has no room for what a person said. Never NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_valid_context(jsonb)
TO astroloh_app, astroloh_worker, astroloh_definer;

CREATE TABLE astroloh.user_sessions (
    user_id uuid NOT NULL,
    -- Random, because strangers see it.
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    platform astroloh.platform NOT NULL,
    session_id text NOT NULL,
    current_state text NOT NULL DEFAULT 'initial',
    context_data jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_activity timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT user_sessions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT user_sessions_session_id_key UNIQUE (session_id),
    CONSTRAINT user_sessions_session_id_length_check CHECK (length(session_id) BETWEEN 1 AND 255),
    CONSTRAINT user_sessions_current_state_check CHECK (current_state ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT user_sessions_context_data_check CHECK (astroloh.is_valid_context(context_data)),
    CONSTRAINT user_sessions_expiry_check CHECK (expires_at > created_at),
    CONSTRAINT user_sessions_activity_check CHECK (last_activity >= created_at),
    -- So that all that is over is found by its expiry: what was ended goes a day later.
    CONSTRAINT user_sessions_ended_check
        CHECK (is_active OR expires_at <= last_activity + interval '24 hours'),
    CONSTRAINT user_sessions_expires_at_range_check CHECK (
        expires_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    )
);

-- What is over, for cleanup_expired_sessions().
CREATE INDEX user_sessions_expires_at_idx ON astroloh.user_sessions (expires_at);

-- Which dialogs of a person are open.
CREATE INDEX user_sessions_active_user_idx
ON astroloh.user_sessions (user_id, is_active, expires_at);

COMMENT ON TABLE astroloh.user_sessions IS
'Dialogs: how far each one is, and until when it goes on. One kind for all platforms.
@row UserSession
@rows 5M';
COMMENT ON COLUMN astroloh.user_sessions.user_id IS
'Who talks.
@internal';
COMMENT ON COLUMN astroloh.user_sessions.id IS
'Our own id of the dialog, which opens nothing: what logs and metrics name it by.
@internal';
COMMENT ON COLUMN astroloh.user_sessions.platform IS
'Where the person talks.
@internal';
COMMENT ON COLUMN astroloh.user_sessions.session_id IS
'The platform''s id of the dialog. Who has it may go on with the dialog, so it stands nowhere else.
@personal identifier
@erase delete
@mask hide';
COMMENT ON COLUMN astroloh.user_sessions.current_state IS
'State of the dialog, a word of the program.
@internal';
COMMENT ON COLUMN astroloh.user_sessions.context_data IS
'What the dialog remembers; words of the program, nothing of the person.
@internal
@json astroloh.dialog_context';
COMMENT ON COLUMN astroloh.user_sessions.is_active IS
'False once the dialog was ended.
@internal';
COMMENT ON COLUMN astroloh.user_sessions.expires_at IS
'Until when the dialog goes on; of one that was ended, when it is deleted.
@internal';
COMMENT ON COLUMN astroloh.user_sessions.created_at IS
'When the dialog began.
@personal activity
@erase delete';
COMMENT ON COLUMN astroloh.user_sessions.last_activity IS
'When the person last said something.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT user_sessions_session_id_key ON astroloh.user_sessions IS
'@error SessionTaken This id belongs to another dialog.';
COMMENT ON CONSTRAINT user_sessions_session_id_length_check ON astroloh.user_sessions IS
'@error SessionIdLength The id of a dialog has 1 to 255 characters.';
COMMENT ON CONSTRAINT user_sessions_current_state_check ON astroloh.user_sessions IS
'@error InvalidState A state is a word of small letters, digits and underscores, of at most 50.';
COMMENT ON CONSTRAINT user_sessions_context_data_check ON astroloh.user_sessions IS
'@error InvalidContext The context of a dialog holds words of the program, and nothing else.';
COMMENT ON CONSTRAINT user_sessions_expiry_check ON astroloh.user_sessions IS
'@error SessionEndsBeforeItBegins A dialog ends after it began.';

ALTER TABLE astroloh.user_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.user_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.user_sessions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.user_sessions
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.user_sessions
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.user_sessions
FOR UPDATE TO astroloh_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.user_sessions
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY select_definer ON astroloh.user_sessions
FOR SELECT TO astroloh_definer USING (true);
CREATE POLICY insert_definer ON astroloh.user_sessions
FOR INSERT TO astroloh_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_definer ON astroloh.user_sessions
FOR UPDATE TO astroloh_definer
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());

GRANT
    SELECT,
    UPDATE (current_state, context_data, is_active, expires_at, last_activity)
ON astroloh.user_sessions TO astroloh_app;
-- Jobs need to know that there is a dialog, not how to go on with it.
GRANT SELECT (
    user_id, id, platform, current_state, is_active, expires_at, created_at, last_activity
)
ON astroloh.user_sessions TO astroloh_worker;
GRANT
    SELECT (user_id, id, session_id, is_active, expires_at, last_activity),
    INSERT (user_id, platform, session_id, expires_at),
    UPDATE (expires_at, last_activity)
ON astroloh.user_sessions TO astroloh_definer;

INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES (
    'dialog_sessions', 'astroloh.user_sessions', 'delete', 'expires_at', '0',
    'A dialog that is over is of no use to the person.'
)
ON CONFLICT DO NOTHING;

SELECT kernel.masked_view('astroloh.user_sessions');

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('astroloh_sessions', 'astroloh.tend_sessions()', '10 minutes')
ON CONFLICT DO NOTHING;
