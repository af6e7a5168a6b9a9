-- People who talk to the assistant.

-- name: find_user :maybe
-- The id of the person who comes by an account of a platform, to open a session for them.
--
-- :platform  which platform
-- :platform_user_id  the person's id there
-- @identity none
SELECT found.id
FROM astroloh.find_user(:platform, :platform_user_id) AS found (id);

-- name: register_user :one
-- The id of the person who comes by an account of a platform, registered if new. Can be called any
-- number of times.
--
-- :platform  which platform
-- :platform_user_id  the person's id there, as the platform vouches for it
-- @identity none
SELECT astroloh.register_user(:platform, :platform_user_id) AS id;

-- name: get_user :one
-- The person of this session, without what is sealed. may_process says whether they agree to the
-- processing of their data, by the ledger: data_consent is what they said last, whatever was published
-- since.
SELECT
    u.id,
    u.zodiac_sign,
    u.gender,
    u.data_consent,
    u.data_retention_days,
    u.created_at,
    u.updated_at,
    u.last_accessed,
    astroloh.may_process(u.id) AS may_process
FROM astroloh.users AS u
WHERE u.id = kernel.user_uuid();

-- name: get_birth_data :one
-- When, where and as whom the person of this session was born, opened; and written down in the
-- security log, so it is not for a replica.
SELECT
    u.id,
    u.encrypted_name AS name,
    u.encrypted_birth_date AS birth_date,
    u.encrypted_birth_time AS birth_time,
    u.encrypted_birth_location AS birth_location
FROM astroloh.users AS u
WHERE u.id = kernel.user_uuid()
  AND (SELECT astroloh.log_decryption('birth data'));

-- name: set_birth_data :exec
-- Say or correct when and where the person of this session was born: civil date and time of that
-- place.
--
-- :birth_date  None forgets it
-- :birth_time  None where it is not known
-- :birth_location  coordinates and time zone; None where it is not known
UPDATE astroloh.users AS u
SET
    encrypted_birth_date = :birth_date,
    encrypted_birth_time = :birth_time,
    encrypted_birth_location = :birth_location
WHERE u.id = kernel.user_uuid();

-- name: set_name :exec
-- Say or correct what the person of this session wants to be called.
--
-- :name  None forgets it
UPDATE astroloh.users AS u
SET encrypted_name = :name
WHERE u.id = kernel.user_uuid();

-- name: set_profile :exec
-- Say for which sign the person of this session wants horoscopes, and how to address them.
--
-- :zodiac_sign  None forgets it
-- :gender  None forgets it
UPDATE astroloh.users AS u
SET
    zodiac_sign = :zodiac_sign,
    gender = :gender
WHERE u.id = kernel.user_uuid();

-- name: set_retention_days :exec
-- For how many days without a visit the person of this session wants to be known.
--
-- :days  30 to 3650
UPDATE astroloh.users AS u
SET data_retention_days = :days
WHERE u.id = kernel.user_uuid();

-- name: touch_user :exec
-- Note that the person of this session is here; written once a minute at most.
UPDATE astroloh.users AS u
SET last_accessed = now()
WHERE u.id = kernel.user_uuid()
  AND u.last_accessed < now() - interval '1 minute';

-- name: list_users_by_sign :page
-- People who want the horoscopes of a sign and agree to be known, to send them.
--
-- :zodiac_sign  the sign
-- :limit = 1000  page size
-- @role worker
SELECT u.id, u.gender, u.data_consent, u.last_accessed
FROM astroloh.users AS u
WHERE u.zodiac_sign = :zodiac_sign
  AND astroloh.may_process(u.id)
  AND (u.id) > (:after) --? after
ORDER BY u.id
LIMIT :limit;

-- name: list_new_users :many
-- Who came in a span of time, the earliest first.
--
-- :since  from this moment on
-- :until  before this moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT u.id, u.created_at, u.data_consent
FROM astroloh.users AS u
WHERE u.created_at >= :since AND u.created_at < :until
ORDER BY u.created_at, u.id
LIMIT :limit;

-- name: list_absent_users :many
-- People who have not been here since a moment, the longest absence first.
--
-- :since  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT u.id, u.last_accessed, u.data_retention_days
FROM astroloh.users AS u
WHERE u.last_accessed < :since
ORDER BY u.last_accessed, u.id
LIMIT :limit;
