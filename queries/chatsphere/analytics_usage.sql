-- Whole numbers that are measured of bots.

-- name: record_analytics_usage :bulk
-- Note figures of bots. Of a bot that was deleted meanwhile they stay, without its name.
--
-- :user_id  whose bot
-- :chatbot_id  which bot
-- :metric_type  what is counted
-- :value  how many
-- @role worker
INSERT INTO chatsphere.analytics_usage (user_id, chatbot_id, metric_type, value)
SELECT f.user_id, c.id, f.metric_type, f.value
FROM unnest(
    :user_id::uuid[], :chatbot_id::uuid[], :metric_type::text[], :value::bigint[]
) AS f (user_id, chatbot_id, metric_type, value)
LEFT JOIN chatsphere.chatbots AS c ON c.id = f.chatbot_id;

-- name: list_analytics_usage :page
-- Figures of a bot of the account of this session between two moments, newest first.
--
-- :chatbot_id  which bot
-- :since  the first moment
-- :before  the moment after the last one
-- :limit = 100  page size
SELECT a.metric_type, a.value, a."timestamp", a.id
FROM chatsphere.analytics_usage AS a
WHERE a.user_id = kernel.user_uuid()
  AND a.chatbot_id = :chatbot_id
  AND a."timestamp" >= :since
  AND a."timestamp" < :before
  AND (a."timestamp", a.id) < (:after) --? after
ORDER BY a."timestamp" DESC, a.id DESC
LIMIT :limit;

-- name: sum_analytics_usage :many
-- Figures of a bot of the account of this session, added up by day of UTC, between two moments.
--
-- :chatbot_id  which bot
-- :since  the first moment
-- :before  the moment after the last one
-- @lint ignore unbounded-many a row a day and kind
SELECT
    (a."timestamp" AT TIME ZONE 'UTC')::date AS day,
    a.metric_type,
    sum(a.value)::bigint AS total
FROM chatsphere.analytics_usage AS a
WHERE a.user_id = kernel.user_uuid()
  AND a.chatbot_id = :chatbot_id
  AND a."timestamp" >= :since
  AND a."timestamp" < :before
GROUP BY 1, 2
ORDER BY 1, 2;
