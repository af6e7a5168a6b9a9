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
