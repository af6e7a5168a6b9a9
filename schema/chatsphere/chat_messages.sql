-- The key holds the moment, by which the table is partitioned; a conversation in its order is the
-- key itself.
CREATE TABLE chatsphere.chat_messages (
    user_id uuid NOT NULL,
    chatbot_id uuid NOT NULL,
    session_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    role text NOT NULL,
    content text NOT NULL,
    tokens_used integer NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT chat_messages_pkey PRIMARY KEY (user_id, chatbot_id, session_id, created_at, id),
    CONSTRAINT chat_messages_session_id_fkey FOREIGN KEY (user_id, chatbot_id, session_id)
        REFERENCES chatsphere.chat_sessions (user_id, chatbot_id, id) ON DELETE CASCADE,
    CONSTRAINT chat_messages_role_check CHECK (role IN ('user', 'assistant', 'system')),
    CONSTRAINT chat_messages_content_length_check CHECK (length(content) BETWEEN 1 AND 100000),
    CONSTRAINT chat_messages_tokens_used_check CHECK (tokens_used BETWEEN 0 AND 100000000),
    CONSTRAINT chat_messages_metadata_check CHECK (
        jsonb_typeof(metadata) = 'object' AND length(metadata::text) <= 20000
    )
) PARTITION BY RANGE (created_at);

-- Rows come in the order of time, so a few bytes for each block do what a tree would.
CREATE INDEX chat_messages_created_at_idx ON chatsphere.chat_messages USING brin (created_at);

COMMENT ON TABLE chatsphere.chat_messages IS
'What was said in conversations, by month. Nothing of a message changes.
@row ChatMessage
@rows 10M';
COMMENT ON COLUMN chatsphere.chat_messages.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.chat_messages.chatbot_id IS
'The bot.
@internal';
COMMENT ON COLUMN chatsphere.chat_messages.session_id IS
'The conversation.
@internal';
COMMENT ON COLUMN chatsphere.chat_messages.id IS
'Key of the message, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.chat_messages.role IS
'Who said it: user is the visitor, assistant the bot, system an instruction to the model.
@internal';
COMMENT ON COLUMN chatsphere.chat_messages.content IS
'What was said.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.chat_messages.tokens_used IS
'Tokens of the language model that it took.
@internal';
COMMENT ON COLUMN chatsphere.chat_messages.metadata IS
'What the program notes of it, such as the pieces that an answer rests on: an object.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.chat_messages.created_at IS
'When it was said.
@internal';
COMMENT ON CONSTRAINT chat_messages_content_length_check ON chatsphere.chat_messages IS
'@error MessageLength A message has 1 to 100,000 characters.';
COMMENT ON CONSTRAINT chat_messages_metadata_check ON chatsphere.chat_messages IS
'@error MessageMetadataInvalid What is noted of a message is an object, not above 20,000 letters.';
COMMENT ON CONSTRAINT chat_messages_session_id_fkey ON chatsphere.chat_messages IS
'@error UnknownConversation The bot has no such conversation, or it was deleted.';

ALTER TABLE chatsphere.chat_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.chat_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.chat_messages
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.chat_messages
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.chat_messages
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.chat_messages
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.chat_messages
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.chat_messages
FOR INSERT TO chatsphere_definer WITH CHECK (true);

GRANT SELECT ON chatsphere.chat_messages TO chatsphere_app;
-- Jobs need to know that something was said, not what.
GRANT SELECT (user_id, chatbot_id, session_id, id, role, tokens_used, created_at)
ON chatsphere.chat_messages TO chatsphere_worker;
GRANT
    SELECT,
    INSERT (user_id, chatbot_id, session_id, role, content, tokens_used, metadata)
ON chatsphere.chat_messages TO chatsphere_definer;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.chat_messages', 'time', '1 month', 12, '1 year')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_messages', 'chatsphere.chat_messages', 'drop',
    'What visitors said is not needed once the conversation is a year old.'
)
ON CONFLICT DO NOTHING;

SELECT kernel.count(
    'chatsphere.chat_messages', 'chat_messages_live', '{user_id, chatbot_id}',
    p_sum => 'tokens_used'
);
