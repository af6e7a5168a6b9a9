-- People who talk to the bot.

-- name: find_user :maybe
-- The id of the person with this telegram id, to open a session for them.
--
-- :telegram_id  the person's number at Telegram
-- @identity none
SELECT found.id
FROM persona.find_user(:telegram_id) AS found (id);

-- name: register_user :one
-- The id of the person with this telegram id, registered with settings of their own if new. Can be
-- called any number of times; what is known of an old one stays as it is.
--
-- :telegram_id  the person's number at Telegram
-- :username? = NULL  name at Telegram, with or without the @
-- :first_name? = NULL
-- :last_name? = NULL
-- :language_code? = NULL  as Telegram says it: ru, pt-BR
-- @identity none
SELECT persona.register_user(
    :telegram_id, :username, :first_name, :last_name, :language_code
) AS id;

-- name: get_user :one
-- The person of this session.
SELECT
    u.id,
    u.telegram_id,
    u.username,
    u.first_name,
    u.last_name,
    u.language_code,
    u.is_admin,
    u.created_at,
    u.updated_at
FROM persona.users AS u
WHERE u.id = kernel.user_bigint();

-- name: set_profile :exec
-- Note how the person of this session is called at Telegram now; nothing is written where nothing
-- changed.
--
-- :username  without the @; None for people who have none
-- :first_name
-- :last_name
-- :language_code
UPDATE persona.users AS u
SET
    username = :username,
    first_name = :first_name,
    last_name = :last_name,
    language_code = :language_code
WHERE u.id = kernel.user_bigint()
  AND (u.username, u.first_name, u.last_name, u.language_code)
      IS DISTINCT FROM (:username, :first_name, :last_name, :language_code);

-- name: list_recipients :page
-- Whom a message to everybody goes to, in the order of their numbers.
--
-- :limit = 1000  page size
-- @role worker
SELECT u.id, u.telegram_id, u.language_code
FROM persona.users AS u
WHERE true
  AND (u.id) > (:after) --? after
ORDER BY u.id
LIMIT :limit;

-- name: view_profile :one
-- A person and what they set, for an administrator who may manage users. It is written down that it
-- was looked at.
--
-- :user_id  whose
SELECT
    p.id,
    p.telegram_id,
    p.username,
    p.first_name,
    p.last_name,
    p.language_code,
    p.is_admin,
    p.created_at,
    p.signature,
    p.default_currency,
    p.exchange_rate,
    p.exchange_rate_at
FROM persona.view_profile(:user_id) AS p;

-- name: find_people :many
-- People by username, whatever its capitals, for an administrator who may manage users; the newest
-- first, at most 100. It is written down whom it found.
--
-- :username  with or without the @
SELECT p.id, p.telegram_id, p.username, p.first_name, p.last_name
FROM persona.find_people(:username) AS p;

-- name: request_erasure :one
-- Ask to be forgotten. Show the code where only the person of this session reads it; confirm_request
-- wants it back. Who asks again joins the open request, and gets a new code until it is confirmed.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_erasure('fz152') AS asked;

-- name: request_access :one
-- Ask to see all that is held; confirmed and answered as an erasure is.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_access('fz152') AS asked;

-- name: confirm_request :one
-- Confirm a request by its code: verified, or rejected, whatever was wrong.
--
-- :code  as the person typed it
SELECT kernel.verify_request(:request_id, :code) AS answer;

-- name: list_requests :many
-- What the person of this session has asked for, newest first, and until when it is to be answered.
-- @nonnull request_id, kind, state, requested_at, due_at
SELECT
    asked.request_id,
    asked.kind,
    asked.state,
    asked.requested_at,
    asked.due_at,
    asked.refusal_reason,
    asked.ended_at
FROM kernel.my_requests() AS asked
LIMIT 100;
