-- Conversations: how visitors speak with bots, and what owners see of it.

-- name: open_session :one
-- Open a conversation of a visitor with an active bot, or go on with the open one. The token is in
-- the answer and nowhere else; one that was given before opens nothing any more.
--
-- :chatbot_id  which bot
-- :user_identifier  who the visitor is: HMAC-SHA-256 in hex, under a key of the program
-- :metadata? = NULL  what the page says of the visit, an object
-- @identity none
SELECT opened.session_id, opened.session_token, opened.is_new
FROM chatsphere.open_session(:chatbot_id, :user_identifier, :metadata) AS opened;

-- name: say :one
-- What a visitor says.
--
-- :session_token  the visitor's
-- :content  what is said
-- :metadata? = NULL  what the program notes of it, an object
-- @identity none
SELECT said.message_id, said.created_at
FROM chatsphere.say(:session_token, :content, :metadata) AS said;

-- name: read_session :many
-- The newest messages of a visitor's conversation, in their order.
--
-- :session_token  the visitor's
-- :limit = 100  most messages to give
-- @identity none
SELECT m.message_id, m.role, m.content, m.created_at
FROM chatsphere.read_session(:session_token, :limit) AS m;

-- name: end_session :exec
-- End a visitor's conversation; the token opens nothing any more.
--
-- :session_token  the visitor's
-- @identity none
SELECT chatsphere.end_session(:session_token);

-- name: answer :one
-- What a bot answers, and how many tokens that took; the key of the message.
--
-- :user_id  whose bot
-- :chatbot_id  which bot
-- :session_id  in which conversation
-- :content  what is said
-- :tokens_used  of question and answer
-- :role = 'assistant'  system for an instruction to the model
-- :metadata? = NULL  what the program notes of it, an object
-- @like role chatsphere.chat_messages.role
-- @role worker
SELECT chatsphere.answer(
    :user_id, :chatbot_id, :session_id, :content, :tokens_used, :role, :metadata
) AS id;

-- name: list_sessions :page
-- Conversations with a bot of the account of this session, newest first.
--
-- :chatbot_id  which bot
-- :limit = 50  page size
SELECT s.id, s.user_identifier, s.metadata, s.started_at, s.ended_at, s.last_active_at
FROM chatsphere.chat_sessions AS s
WHERE s.user_id = kernel.user_uuid()
  AND s.chatbot_id = :chatbot_id
  AND (s.started_at, s.id) < (:after) --? after
ORDER BY s.started_at DESC, s.id DESC
LIMIT :limit;

-- name: list_messages :page
-- A conversation with a bot of the account of this session, in its order.
--
-- :chatbot_id  which bot
-- :session_id  which conversation
-- :limit = 100  page size
SELECT m.id, m.role, m.content, m.tokens_used, m.metadata, m.created_at
FROM chatsphere.chat_messages AS m
WHERE m.user_id = kernel.user_uuid()
  AND m.chatbot_id = :chatbot_id
  AND m.session_id = :session_id
  AND (m.created_at, m.id) > (:after) --? after
ORDER BY m.created_at, m.id
LIMIT :limit;

-- name: delete_session :rowcount
-- Delete a conversation with a bot of the account of this session, with what was said; 0 when there
-- is no such one.
--
-- :chatbot_id  which bot
-- :session_id  which conversation
DELETE FROM chatsphere.chat_sessions AS s
WHERE s.user_id = kernel.user_uuid() AND s.chatbot_id = :chatbot_id AND s.id = :session_id;

-- name: forget_visitor :one
-- Delete every conversation of a visitor with a bot of the account of this session; how many.
--
-- :chatbot_id  which bot
-- :user_identifier  who the visitor is, hashed as for open_session
SELECT chatsphere.forget_visitor(:chatbot_id, :user_identifier) AS forgotten;

-- name: support_conversation :many
-- What was said in a conversation, the newest first, for support, as long as the owner of the bot
-- allows it. Open the session with an actor: the audit log names who read.
--
-- :user_id  whose bot
-- :chatbot_id  which bot
-- :session_id  which conversation
-- :limit = 100  most messages to give
-- @role worker
SELECT m.message_id, m.role, m.content, m.tokens_used, m.created_at
FROM chatsphere.support_conversation(:user_id, :chatbot_id, :session_id, :limit) AS m;
