-- Use by day.

-- name: my_days :many
-- What the person of this session had asked, by day (UTC) and vendor, the newest first.
--
-- :since  the first day
-- :limit = 400  most rows to give
SELECT d.day, d.vendor, d.requests, d.tokens
FROM persona.usage_days AS d
WHERE d.user_id = kernel.user_bigint() AND d.day >= :since
ORDER BY d.day DESC, d.vendor
LIMIT :limit;

-- name: usage_by_day :many
-- Use of each vendor by day (UTC), the bot's own included, for an administrator who may view figures.
--
-- :since  the first day
-- :until  the last
SELECT d.day, d.vendor, d.requests, d.tokens, d.people
FROM persona.usage_by_day(:since, :until) AS d;
