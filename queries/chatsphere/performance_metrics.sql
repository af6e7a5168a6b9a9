-- Gauges of bots.

-- name: record_performance :bulk
-- Note figures of bots. Of a bot that was deleted meanwhile they stay, without its name.
--
-- :user_id  whose bot
-- :chatbot_id  which bot
-- :metric_name  what is measured, with its unit
-- :value  the figure
-- :labels  what it is a figure of, an object
-- @role worker
INSERT INTO chatsphere.performance_metrics (user_id, chatbot_id, metric_name, value, labels)
SELECT f.user_id, c.id, f.metric_name, f.value, f.labels
FROM unnest(
    :user_id::uuid[], :chatbot_id::uuid[], :metric_name::text[], :value::float8[],
    :labels::jsonb[]
) AS f (user_id, chatbot_id, metric_name, value, labels)
LEFT JOIN chatsphere.chatbots AS c ON c.id = f.chatbot_id;

-- name: list_performance :page
-- Figures of a bot of the account of this session between two moments, newest first.
--
-- :chatbot_id  which bot
-- :since  the first moment
-- :before  the moment after the last one
-- :limit = 100  page size
SELECT p.metric_name, p.value, p.labels, p."timestamp", p.id
FROM chatsphere.performance_metrics AS p
WHERE p.user_id = kernel.user_uuid()
  AND p.chatbot_id = :chatbot_id
  AND p."timestamp" >= :since
  AND p."timestamp" < :before
  AND (p."timestamp", p.id) < (:after) --? after
ORDER BY p."timestamp" DESC, p.id DESC
LIMIT :limit;

-- name: summarise_performance :many
-- Each metric of a bot of the account of this session between two moments: how often it was
-- measured, its mean, and below what 95 of 100 figures lie.
--
-- :chatbot_id  which bot
-- :since  the first moment
-- :before  the moment after the last one
-- @lint ignore unbounded-many a row a metric
SELECT
    p.metric_name,
    count(*) AS measured,
    avg(p.value) AS mean,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY p.value) AS percentile_95
FROM chatsphere.performance_metrics AS p
WHERE p.user_id = kernel.user_uuid()
  AND p.chatbot_id = :chatbot_id
  AND p."timestamp" >= :since
  AND p."timestamp" < :before
GROUP BY p.metric_name
ORDER BY p.metric_name;
