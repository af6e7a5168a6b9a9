-- Messages between matched people. They are sealed under the app's own key, which both can read by.

-- name: send_message :exec
-- Write to the other one of a match.
--
-- :match_id  which match
-- :id  a new uuid of version 7
-- :content  what to say
INSERT INTO saltbitter.messages (match_id, id, from_user_id, content)
VALUES (:match_id, :id, kernel.user_uuid(), :content);

-- name: list_messages :page
-- What two matched people wrote to each other, newest first.
--
-- :match_id  which match
-- :limit = 50  page size
SELECT m.match_id, m.id, m.from_user_id, m.content, m.read_at, m.sent_at
FROM saltbitter.messages AS m
WHERE m.match_id = :match_id
  AND (m.id) < (:after) --? after
ORDER BY m.id DESC
LIMIT :limit;

-- name: mark_read :rowcount
-- Note that the person of this session has read what the other one of a match wrote; how many
-- messages that were.
--
-- :match_id  which match
UPDATE saltbitter.messages AS m
SET read_at = now()
WHERE m.to_user_id = kernel.user_uuid() AND m.match_id = :match_id AND m.read_at IS NULL;

-- name: count_unread :one
-- How many messages wait unread for the person of this session.
SELECT count(*) AS unread
FROM saltbitter.messages AS m
WHERE m.to_user_id = kernel.user_uuid() AND m.read_at IS NULL;
