-- Consultations: what was asked for, and how long the answer took.

-- name: add_request :exec
-- Note a consultation of the person of this session.
--
-- :id  a new random id: sealed values are bound to it
-- :processed_at  when it was answered: now, of the program's clock
-- :request_type  what was asked for
-- :target_date  the day that was asked about; None where there is none
-- :partner_data  with whom to compare, for compatibility alone
-- :ip_hash  keyed hash of the address, or None
-- :processing_time_ms  how long the answer took, or None
-- :cache_hit = FALSE  whether the answer was there already
INSERT INTO astroloh.horoscope_requests (
    user_id, id, processed_at, request_type, encrypted_target_date, encrypted_partner_data, ip_hash,
    processing_time_ms, cache_hit
)
VALUES (
    kernel.user_uuid(), :id, :processed_at, :request_type, :target_date, :partner_data, :ip_hash,
    :processing_time_ms, :cache_hit
);

-- name: get_request :maybe
-- A consultation of the person of this session, opened; which is written down in the security log.
--
-- :id  which
-- :processed_at  when it was answered, as the list says
SELECT
    r.user_id,
    r.processed_at,
    r.id,
    r.request_type,
    r.encrypted_target_date AS target_date,
    r.encrypted_partner_data AS partner_data
FROM astroloh.horoscope_requests AS r
WHERE r.user_id = kernel.user_uuid()
  AND r.processed_at = :processed_at
  AND r.id = :id
  AND (SELECT astroloh.log_decryption('a consultation'));

-- name: list_requests :page
-- Consultations of the person of this session, newest first, without what is sealed.
--
-- :request_type  only these
-- :limit = 20  page size
SELECT r.processed_at, r.id, r.request_type, r.processing_time_ms, r.cache_hit
FROM astroloh.horoscope_requests AS r
WHERE r.user_id = kernel.user_uuid()
  AND r.request_type = :request_type --? request_type
  AND (r.processed_at, r.id) < (:after) --? after
ORDER BY r.processed_at DESC, r.id DESC
LIMIT :limit;

-- name: delete_request :rowcount
-- Delete a consultation of the person of this session; 0 when there is no such one.
--
-- :id  which
-- :processed_at  when it was answered, as the list says
DELETE FROM astroloh.horoscope_requests AS r
WHERE r.user_id = kernel.user_uuid() AND r.processed_at = :processed_at AND r.id = :id;

-- name: count_requests_by_type :many
-- How many consultations of each kind there were in a span of time, and how they went.
--
-- :since  from this moment on
-- :until  before this moment
-- @role worker
-- @lint ignore unbounded-many there are five kinds
SELECT
    r.request_type,
    count(*) AS requests,
    count(*) FILTER (WHERE r.cache_hit) AS cache_hits,
    avg(r.processing_time_ms) AS mean_time_ms
FROM astroloh.horoscope_requests AS r
WHERE r.processed_at >= :since AND r.processed_at < :until
GROUP BY r.request_type
ORDER BY r.request_type;

-- name: count_requests_of_address :one
-- How many consultations were asked for from an address since a moment, under each keyed hash that
-- it may have.
--
-- :ip_hashes  what BlindIndex.lookups() gives
-- :since  the moment
-- @role worker
SELECT count(*) AS requests
FROM astroloh.horoscope_requests AS r
WHERE r.ip_hash = ANY (:ip_hashes) AND r.processed_at >= :since;
