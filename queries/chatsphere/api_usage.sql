-- Usage: what was called, and how much may still be.

-- name: reserve_usage :one
-- Take calls out of what the account of this session may do in the period, before they are done.
--
-- :units = 1  how many
SELECT taken.used, taken.usage_limit, taken.period_start, taken.period_end
FROM chatsphere.reserve_usage(:units) AS taken;

-- name: record_api_usage :one
-- Note a call of the account of this session that has ended; its key.
--
-- :endpoint  the route, without values
-- :tokens_used  of the language model, question and answer
-- :response_time_ms  time until the answer
-- :status_code  of HTTP
INSERT INTO chatsphere.api_usage (user_id, endpoint, tokens_used, response_time_ms, status_code)
VALUES (kernel.user_uuid(), :endpoint, :tokens_used, :response_time_ms, :status_code)
RETURNING id;

-- name: list_api_usage :page
-- Calls of the account of this session from a moment on, the newest first.
--
-- :since  the moment: what is older is not looked at
-- :limit = 50  page size
SELECT u.id, u.endpoint, u.tokens_used, u.response_time_ms, u.status_code, u."timestamp"
FROM chatsphere.api_usage AS u
WHERE u.user_id = kernel.user_uuid()
  AND u."timestamp" >= :since
  AND (u."timestamp", u.id) < (:after) --? after
ORDER BY u."timestamp" DESC, u.id DESC
LIMIT :limit;

-- name: sum_api_usage :many
-- Calls of the account of this session by day of UTC, between two moments.
--
-- :since  the first moment
-- :before  the moment after the last one
-- @lint ignore unbounded-many a row a day
SELECT
    (u."timestamp" AT TIME ZONE 'UTC')::date AS day,
    count(*) AS calls,
    count(*) FILTER (WHERE u.status_code >= 500) AS failures,
    coalesce(sum(u.tokens_used), 0)::bigint AS tokens_used,
    coalesce(avg(u.response_time_ms), 0)::double precision AS mean_response_time_ms
FROM chatsphere.api_usage AS u
WHERE u.user_id = kernel.user_uuid() AND u."timestamp" >= :since AND u."timestamp" < :before
GROUP BY 1
ORDER BY 1;

-- name: list_usage_periods :many
-- Calls of the account of this session in each period, the newest first.
--
-- :limit = 36  most rows to give
SELECT p.user_id, p.usage_period, p.period_start, p.used
FROM chatsphere.usage_periods AS p
WHERE p.user_id = kernel.user_uuid()
ORDER BY p.period_start DESC, p.usage_period
LIMIT :limit;
