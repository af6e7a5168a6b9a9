-- What went wrong in bots.

-- name: log_error :one
-- Note that something went wrong in a bot; the key of the entry. What looks like a secret or like
-- somebody's address is taken out.
--
-- :user_id  whose bot
-- :chatbot_id  which bot
-- :error_type  name of a class
-- :error_message  what was said of it
-- :stack_trace? = NULL  where in the program
-- :metadata? = NULL  what the program notes of it, an object
-- @role worker
SELECT chatsphere.log_error(
    :user_id, :chatbot_id, :error_type, :error_message, :stack_trace, :metadata
) AS id;

-- name: list_errors :page
-- Errors of a bot of the account of this session, newest first.
--
-- :chatbot_id  which bot
-- :since  what is older is not looked at
-- :limit = 50  page size
SELECT e.id, e.error_type, e.error_message, e.stack_trace, e.metadata, e.created_at
FROM chatsphere.error_logs AS e
WHERE e.user_id = kernel.user_uuid()
  AND e.chatbot_id = :chatbot_id
  AND e.created_at >= :since
  AND (e.created_at, e.id) < (:after) --? after
ORDER BY e.created_at DESC, e.id DESC
LIMIT :limit;

-- name: list_recent_errors :page
-- Errors of all bots, newest first; for those who look after the platform.
--
-- :since  what is older is not looked at
-- :limit = 100  page size
-- @role worker
SELECT e.created_at, e.user_id, e.id, e.chatbot_id, e.error_type, e.error_message
FROM chatsphere.error_logs AS e
WHERE e.created_at >= :since
  AND (e.created_at, e.user_id, e.id) < (:after) --? after
ORDER BY e.created_at DESC, e.user_id DESC, e.id DESC
LIMIT :limit;
