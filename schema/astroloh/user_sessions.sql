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
