-- The key holds the moment, by which the table is partitioned.
CREATE TABLE chatsphere.error_logs (
    user_id uuid NOT NULL,
    chatbot_id uuid,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    error_type text NOT NULL,
    error_message text NOT NULL,
    stack_trace text,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT error_logs_pkey PRIMARY KEY (user_id, created_at, id),
    -- What went wrong outlives the bot, without its name.
    CONSTRAINT error_logs_chatbot_id_fkey FOREIGN KEY (user_id, chatbot_id)
        REFERENCES chatsphere.chatbots (user_id, id) ON DELETE SET NULL (chatbot_id),
    CONSTRAINT error_logs_error_type_check CHECK (error_type ~ '^[A-Za-z][A-Za-z0-9_.]{0,99}$'),
    CONSTRAINT error_logs_error_message_length_check
        CHECK (length(error_message) BETWEEN 1 AND 2000),
    CONSTRAINT error_logs_stack_trace_length_check CHECK (length(stack_trace) <= 20000),
    CONSTRAINT error_logs_metadata_check CHECK (
        jsonb_typeof(metadata) = 'object' AND length(metadata::text) <= 20000
    )
) PARTITION BY RANGE (created_at);

CREATE INDEX error_logs_chatbot_id_created_at_idx
ON chatsphere.error_logs (user_id, chatbot_id, created_at, id);

-- Recent errors of all bots.
CREATE INDEX error_logs_created_at_idx ON chatsphere.error_logs (created_at, user_id, id);

COMMENT ON TABLE chatsphere.error_logs IS
'What went wrong in bots. chatsphere.log_error() writes it, without what looks like a secret or like
somebody''s address.
@row ErrorLog
@rows 10M';
COMMENT ON COLUMN chatsphere.error_logs.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.chatbot_id IS
'The bot; NULL once it is deleted.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.id IS
'Key of the error, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.error_type IS
'Kind of the error: the name of a class.
@internal';
COMMENT ON COLUMN chatsphere.error_logs.error_message IS
'What was said of it, cleaned.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.error_logs.stack_trace IS
'Where in the program it happened, cleaned.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.error_logs.metadata IS
'What the program notes of it, cleaned: an object.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.error_logs.created_at IS
'When it happened.
@internal';
COMMENT ON CONSTRAINT error_logs_error_type_check ON chatsphere.error_logs IS
'@error ErrorTypeInvalid The kind of an error is the name of a class.';

ALTER TABLE chatsphere.error_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.error_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.error_logs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.error_logs
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.error_logs
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.error_logs
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY insert_definer ON chatsphere.error_logs
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY select_definer ON chatsphere.error_logs
FOR SELECT TO chatsphere_definer USING (true);

GRANT SELECT ON chatsphere.error_logs TO chatsphere_app, chatsphere_worker;
GRANT
    SELECT (user_id, id),
    INSERT (user_id, chatbot_id, error_type, error_message, stack_trace, metadata)
ON chatsphere.error_logs TO chatsphere_definer;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.error_logs', 'time', '1 month', 12, '3 months')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_error_logs', 'chatsphere.error_logs', 'drop',
    'An error that nobody looked into for three months is none.'
)
ON CONFLICT DO NOTHING;
