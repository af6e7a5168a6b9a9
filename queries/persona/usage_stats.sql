-- How often vendors are asked, and what it takes.

-- name: record_usage :exec
-- Add a request to the figures of the person of this session, ever and of today.
--
-- :vendor  who was asked
-- :tokens = 0  what it took, where the vendor says so
-- :requests = 1
SELECT persona.record_usage(:vendor, :tokens, :requests);

-- name: record_system_usage :exec
-- Add a request to the figures of the bot itself: what a job asked for nobody.
--
-- :vendor  who was asked
-- :tokens = 0  what it took, where the vendor says so
-- :requests = 1
-- @role worker
SELECT persona.record_system_usage(:vendor, :tokens, :requests);

-- name: my_usage :many
-- What the person of this session had asked of each vendor, ever.
--
-- @lint ignore unbounded-many there are three vendors
SELECT t.vendor, t.total_requests, t.total_tokens, t.last_request_at
FROM persona.usage_stats AS t
WHERE t.user_id = kernel.user_bigint()
ORDER BY t.vendor;

-- name: usage_by_vendor :many
-- All that was ever asked of each vendor, by whomever, for an administrator who may view figures.
SELECT t.vendor, t.total_requests, t.total_tokens, t.people, t.last_request_at
FROM persona.usage_by_vendor() AS t;

-- name: usage_of :many
-- What one person had asked of each vendor, for an administrator who may view figures. It is written
-- down that it was looked at.
--
-- :user_id  whose
SELECT t.vendor, t.total_requests, t.total_tokens, t.last_request_at
FROM persona.usage_of(:user_id) AS t;
