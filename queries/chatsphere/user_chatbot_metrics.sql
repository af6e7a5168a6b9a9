-- How much bots are used.

-- name: list_chatbot_metrics :page
-- Active bots of the account of this session with conversations, messages and tokens, by name.
--
-- :limit = 50  page size
SELECT m.name, m.chatbot_id, m.total_sessions, m.total_messages, m.total_tokens
FROM chatsphere.user_chatbot_metrics AS m
WHERE m.user_id = kernel.user_uuid()
  AND (m.name, m.chatbot_id) > (:after) --? after
ORDER BY m.name, m.chatbot_id
LIMIT :limit;

-- name: get_chatbot_metrics :maybe
-- An active bot of the account of this session with conversations, messages and tokens.
--
-- :chatbot_id  which
SELECT m.chatbot_id, m.name, m.user_id, m.total_sessions, m.total_messages, m.total_tokens
FROM chatsphere.user_chatbot_metrics AS m
WHERE m.user_id = kernel.user_uuid() AND m.chatbot_id = :chatbot_id
LIMIT 1;
