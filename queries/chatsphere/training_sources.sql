-- Training sources: what bots learn from, and the queue that workers take them from.

-- name: add_source :one
-- Give a bot of the account of this session something to learn from, and queue it; its key.
--
-- :chatbot_id  which bot
-- :source_type  what it is
-- :content  the text, or the address
-- :metadata? = NULL  what the owner wants to remember of it, an object
-- @like source_type chatsphere.training_sources.source_type
SELECT chatsphere.add_source(:chatbot_id, :source_type, :content, :metadata) AS id;

-- name: list_sources :page
-- Sources of a bot of the account of this session, newest first, without their texts. What waits is
-- in the queue: attempts says how often a worker took it, available_at when the next one may.
--
-- :chatbot_id  which bot
-- :status  only those in this state
-- :limit = 50  page size
SELECT
    s.id,
    s.source_type,
    s.metadata,
    s.status,
    s.error_message,
    s.created_at,
    s.processed_at,
    j.attempts,
    j.available_at
FROM chatsphere.training_sources AS s
-- LATERAL: a plain join may look at every job of the bot, for each source. What waits for nothing has
-- no job, and is not looked for.
LEFT JOIN LATERAL (
    SELECT
        w.attempts,
        w.available_at
    FROM chatsphere.training_jobs AS w
    WHERE s.status = 'pending'
      AND w.user_id = s.user_id
      AND w.chatbot_id = s.chatbot_id
      AND w.source_id = s.id
    LIMIT 1
) AS j ON true
WHERE s.user_id = kernel.user_uuid()
  AND s.chatbot_id = :chatbot_id
  AND s.status = :status --? status
  AND (s.created_at, s.id) < (:after) --? after
ORDER BY s.created_at DESC, s.id DESC
LIMIT :limit;

-- name: get_source :maybe
-- A source of the account of this session, with its text.
--
-- :chatbot_id  which bot
-- :source_id  which
SELECT
    s.user_id,
    s.chatbot_id,
    s.id,
    s.source_type,
    s.content,
    s.metadata,
    s.status,
    s.processed_at,
    s.created_at,
    s.updated_at,
    s.content_hash,
    s.error_message
FROM chatsphere.training_sources AS s
WHERE s.user_id = kernel.user_uuid() AND s.chatbot_id = :chatbot_id AND s.id = :source_id;

-- name: delete_source :rowcount
-- Delete a source of the account of this session, with what was learned from it; 0 when there is no
-- such source.
--
-- :chatbot_id  which bot
-- :source_id  which
DELETE FROM chatsphere.training_sources AS s
WHERE s.user_id = kernel.user_uuid() AND s.chatbot_id = :chatbot_id AND s.id = :source_id;

-- name: retry_source :exec
-- Queue a source of the account of this session again that has failed, or was learned.
--
-- :chatbot_id  which bot
-- :source_id  which
SELECT chatsphere.retry_source(:chatbot_id, :source_id);

-- name: claim_source :maybe
-- Take the source that waits longest off the queue; None when nothing waits.
--
-- :lease = '5 minutes'  for how long nobody else takes it
-- @role worker
SELECT c.user_id, c.chatbot_id, c.source_id, c.lease_id, c.attempt, c.leased_until
FROM chatsphere.claim_sources(1, :lease) AS c;

-- name: claim_sources :many
-- Take many sources off the queue at once.
--
-- :count = 50  at most how many
-- :lease = '5 minutes'  for how long nobody else takes them
-- @role worker
SELECT c.user_id, c.chatbot_id, c.source_id, c.lease_id, c.attempt, c.leased_until
FROM chatsphere.claim_sources(:count, :lease) AS c;

-- name: read_source :maybe
-- What a worker that has a source learns from.
--
-- :user_id  as claimed
-- :chatbot_id  as claimed
-- :source_id  as claimed
-- @role worker
SELECT s.source_type, s.content, s.metadata, c.language
FROM chatsphere.training_sources AS s
JOIN chatsphere.chatbots AS c ON c.user_id = s.user_id AND c.id = s.chatbot_id
WHERE s.user_id = :user_id AND s.chatbot_id = :chatbot_id AND s.id = :source_id;

-- name: extend_lease :one
-- Keep a source for longer; until when.
--
-- :user_id  as claimed
-- :chatbot_id  as claimed
-- :source_id  as claimed
-- :lease_id  as claimed
-- :lease = '5 minutes'  from now on
-- @role worker
SELECT chatsphere.extend_lease(:user_id, :chatbot_id, :source_id, :lease_id, :lease) AS until;

-- name: complete_source :exec
-- Say that a source is learned.
--
-- :user_id  as claimed
-- :chatbot_id  as claimed
-- :source_id  as claimed
-- :lease_id  as claimed
-- @role worker
SELECT chatsphere.complete_source(:user_id, :chatbot_id, :source_id, :lease_id);

-- name: fail_source :one
-- Say that an attempt failed: when it is tried again, None when it is given up.
--
-- :user_id  as claimed
-- :chatbot_id  as claimed
-- :source_id  as claimed
-- :lease_id  as claimed
-- :error_message  why, without personal data
-- :is_final = FALSE  true where another attempt would fail as well
-- @role worker
SELECT chatsphere.fail_source(
    :user_id, :chatbot_id, :source_id, :lease_id, :error_message, :is_final
) AS again_at;

-- name: list_failed_sources :page
-- Sources that were given up, the newest first; for support.
--
-- :limit = 100  page size
-- @role worker
SELECT s.updated_at, s.user_id, s.chatbot_id, s.id, s.source_type, s.error_message
FROM chatsphere.training_sources AS s
WHERE s.status = 'failed'
  AND (s.updated_at, s.user_id, s.chatbot_id, s.id) < (:after) --? after
ORDER BY s.updated_at DESC, s.user_id DESC, s.chatbot_id DESC, s.id DESC
LIMIT :limit;
