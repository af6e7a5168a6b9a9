-- Conversations of visitors with bots, their messages by month, and totals of both.
-- depends: 0142.chatsphere.create-chatbots
-- locks: SHARE ROW EXCLUSIVE on chatsphere.chatbots, for an instant: a foreign key

CREATE TABLE chatsphere.chat_sessions (
    user_id uuid NOT NULL,
    chatbot_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_identifier text NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    ended_at timestamptz,
    token_hash bytea,
    last_active_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- The bot is in the key, so that a message can't name another bot than its conversation does.
    CONSTRAINT chat_sessions_pkey PRIMARY KEY (user_id, chatbot_id, id),
    CONSTRAINT chat_sessions_user_identifier_started_at_key
        UNIQUE (chatbot_id, user_identifier, started_at),
    CONSTRAINT chat_sessions_chatbot_id_fkey FOREIGN KEY (user_id, chatbot_id)
        REFERENCES chatsphere.chatbots (user_id, id) ON DELETE CASCADE,
    CONSTRAINT chat_sessions_user_identifier_check CHECK (user_identifier ~ '^[0-9a-f]{64}$'),
    CONSTRAINT chat_sessions_metadata_check CHECK (
        jsonb_typeof(metadata) = 'object' AND length(metadata::text) <= 20000
    ),
    CONSTRAINT chat_sessions_ended_at_check CHECK (ended_at >= started_at),
    -- A token opens a conversation as long as it is open.
    CONSTRAINT chat_sessions_token_hash_check CHECK (
        (ended_at IS NULL) = (token_hash IS NOT NULL) AND octet_length(token_hash) = 32
    )
);

-- One open conversation of a visitor with a bot.
CREATE UNIQUE INDEX chat_sessions_open_key
ON chatsphere.chat_sessions (chatbot_id, user_identifier)
WHERE ended_at IS NULL;

-- Across all accounts: the token is all that a visitor has.
CREATE UNIQUE INDEX chat_sessions_token_hash_key ON chatsphere.chat_sessions (token_hash)
WHERE token_hash IS NOT NULL;

CREATE INDEX chat_sessions_started_at_idx
ON chatsphere.chat_sessions (user_id, chatbot_id, started_at, id);

-- For the job that ends what nobody goes on with.
CREATE INDEX chat_sessions_idle_idx ON chatsphere.chat_sessions (last_active_at)
WHERE ended_at IS NULL;

-- For retention.
CREATE INDEX chat_sessions_ended_at_idx ON chatsphere.chat_sessions (ended_at)
WHERE ended_at IS NOT NULL;

COMMENT ON TABLE chatsphere.chat_sessions IS
'Conversations of visitors with bots. A visitor has no account: a token, shown once when the
conversation is opened, is what lets them go on with it.
@row ChatSession
@rows 10M';
COMMENT ON COLUMN chatsphere.chat_sessions.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.chat_sessions.chatbot_id IS
'The bot.
@internal';
COMMENT ON COLUMN chatsphere.chat_sessions.id IS
'Key of the conversation.
@internal';
COMMENT ON COLUMN chatsphere.chat_sessions.user_identifier IS
'Who the visitor is, as HMAC-SHA-256 under a key of the program, in hex: the same visitor has the
same one, and nobody is told by it.
@personal identifier
@erase delete';
COMMENT ON COLUMN chatsphere.chat_sessions.metadata IS
'What the page says of the visit: an object.
@personal activity
@erase delete
@mask hide';
COMMENT ON COLUMN chatsphere.chat_sessions.started_at IS
'When it was opened.
@internal';
COMMENT ON COLUMN chatsphere.chat_sessions.ended_at IS
'When it ended; NULL while it is open.
@internal';
COMMENT ON COLUMN chatsphere.chat_sessions.token_hash IS
'SHA-256 of the visitor''s token; NULL once the conversation has ended.
@personal credential
@erase delete';
COMMENT ON COLUMN chatsphere.chat_sessions.last_active_at IS
'When something was last said in it, to the minute.
@internal';
COMMENT ON CONSTRAINT chat_sessions_user_identifier_check ON chatsphere.chat_sessions IS
'@error VisitorNotHashed A visitor is told by 64 digits of hex: HMAC-SHA-256 of who they are.';
COMMENT ON CONSTRAINT chat_sessions_metadata_check ON chatsphere.chat_sessions IS
'@error SessionMetadataInvalid What is said of a visit is an object of at most 20,000 characters.';

ALTER TABLE chatsphere.chat_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.chat_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.chat_sessions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.chat_sessions
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.chat_sessions
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON chatsphere.chat_sessions
FOR DELETE TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.chat_sessions
FOR SELECT TO chatsphere_worker USING (true);
CREATE POLICY select_definer ON chatsphere.chat_sessions
FOR SELECT TO chatsphere_definer USING (true);
CREATE POLICY insert_definer ON chatsphere.chat_sessions
FOR INSERT TO chatsphere_definer WITH CHECK (true);
CREATE POLICY update_definer ON chatsphere.chat_sessions
FOR UPDATE TO chatsphere_definer USING (true) WITH CHECK (true);

GRANT
    SELECT (
        user_id, chatbot_id, id, user_identifier, metadata, started_at, ended_at, last_active_at
    ),
    DELETE
ON chatsphere.chat_sessions TO chatsphere_app;
-- Jobs need to know that there is a conversation, not whose.
GRANT SELECT (user_id, chatbot_id, id, started_at, ended_at, last_active_at)
ON chatsphere.chat_sessions TO chatsphere_worker;
GRANT
    SELECT,
    INSERT (user_id, chatbot_id, user_identifier, metadata, token_hash),
    UPDATE (ended_at, token_hash, last_active_at)
ON chatsphere.chat_sessions TO chatsphere_definer;

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('chatsphere_end_idle_sessions', 'chatsphere.end_idle_sessions()', '1 minute')
ON CONFLICT DO NOTHING;

SELECT kernel.count('chatsphere.chat_sessions', 'chat_sessions_live', '{user_id, chatbot_id}');

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, keep_nulls, reason
)
VALUES (
    'chatsphere_sessions', 'chatsphere.chat_sessions', 'delete', 'ended_at', '14 months', true,
    'Its messages have gone with their month; what is left says that a visitor was there.'
)
ON CONFLICT DO NOTHING;

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

CREATE VIEW chatsphere.user_chatbot_metrics WITH (security_invoker = true) AS
SELECT
    c.id AS chatbot_id,
    c.name,
    c.user_id,
    coalesce(s.counted, 0) AS total_sessions,
    coalesce(m.counted, 0) AS total_messages,
    coalesce(m.summed, 0) AS total_tokens
FROM chatsphere.chatbots AS c
LEFT JOIN chatsphere.chat_sessions_live AS s
    ON s.user_id = c.user_id AND s.chatbot_id = c.id
LEFT JOIN chatsphere.chat_messages_live AS m
    ON m.user_id = c.user_id AND m.chatbot_id = c.id
WHERE c.is_active;

COMMENT ON VIEW chatsphere.user_chatbot_metrics IS
'How much each active bot is used: conversations and messages that are there, and their tokens.
Exact at any moment: counters of the kernel keep the figures, and nothing is refreshed.
@row UserChatbotMetrics';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.chatbot_id IS
'The bot.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.name IS
'What it is called.
@personal content
@erase keep a view';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.total_sessions IS
'Its conversations.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.total_messages IS
'Messages in them, of visitors and of the bot.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.total_tokens IS
'Tokens that the messages took.
@internal';

GRANT SELECT ON chatsphere.user_chatbot_metrics TO chatsphere_app;
