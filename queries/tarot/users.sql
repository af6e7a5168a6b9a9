-- People who use the bot.

-- name: find_user :maybe
-- The id of the person with this telegram id, to open a session for them.
--
-- :telegram_id  the person's number at Telegram
-- @identity none
SELECT found.id
FROM tarot.find_user(:telegram_id) AS found (id);

-- name: get_user :one
-- The person of this session.
SELECT
    u.id,
    u.telegram_id,
    u.username,
    u.created_at,
    u.updated_at,
    u.last_active_at,
    u.is_active,
    u.subscription_tier,
    u.subscription_expires_at,
    u.erased_at
FROM tarot.users AS u
WHERE u.id = kernel.user_bigint();

-- name: list_expiring_subscriptions :many
-- Active people whose paid tier ends before a moment, the next to end first; for reminders.
--
-- :before  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT u.id, u.telegram_id, u.subscription_tier, u.subscription_expires_at
FROM tarot.users AS u
WHERE u.subscription_tier <> 'basic' AND u.is_active AND u.subscription_expires_at < :before
ORDER BY u.subscription_expires_at, u.id
LIMIT :limit;

-- name: list_inactive_users :many
-- People who count as active and have not written since a moment, the longest silence first.
--
-- :since  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT u.id, u.telegram_id, u.last_active_at
FROM tarot.users AS u
WHERE u.is_active AND u.last_active_at < :since
ORDER BY u.last_active_at, u.id
LIMIT :limit;

-- name: register_user :one
-- The id of the person with this telegram id, registered with an empty account if new. Can be
-- called any number of times; what is known of an old one stays as it is.
--
-- :telegram_id  the person's number at Telegram
-- :username? = NULL  name at Telegram, without the @
-- @identity none
SELECT tarot.register_user(:telegram_id, :username) AS id;

-- name: set_active :rowcount
-- Say whether a person can be reached; 0 when there is no such person, or an erased one.
--
-- :user_id  who
-- :is_active  false for those who blocked the bot
-- @role worker
UPDATE tarot.users AS u
SET is_active = :is_active
WHERE u.id = :user_id AND u.erased_at IS NULL;

-- name: set_subscription :rowcount
-- Give a person a tier; 0 when there is no such person, or an erased one.
--
-- :user_id  who
-- :tier  basic, premium or professional
-- :expires_at  when the tier ends; None for basic
-- @role worker
UPDATE tarot.users AS u
SET
    subscription_tier = :tier,
    subscription_expires_at = :expires_at
WHERE u.id = :user_id AND u.erased_at IS NULL;

-- name: set_username :exec
-- Note how the person of this session is called now.
--
-- :username  name at Telegram, without the @; None for people who have none
UPDATE tarot.users AS u
SET username = :username
WHERE u.id = kernel.user_bigint();

-- name: touch_user :exec
-- Note that the person of this session is here; written once a minute at most.
UPDATE tarot.users AS u
SET last_active_at = now()
WHERE u.id = kernel.user_bigint()
  AND (u.last_active_at IS NULL OR u.last_active_at < now() - interval '1 minute');

-- name: expire_subscriptions :one
-- One batch of the job that takes paid tiers back to basic when they end; how many. Call it until
-- it gives 0.
--
-- :limit = 1000  most people in a batch, from 1
-- @role worker
SELECT tarot.expire_subscriptions(:limit) AS expired;

-- name: request_erasure :one
-- Ask to be forgotten. Show the code where only the person of this session reads it; confirm_request
-- wants it back. Who asks again joins the open request, and gets a new code until it is confirmed.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_erasure() AS asked;

-- name: request_access :one
-- Ask to see all that is held; confirmed and answered as an erasure is.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_access() AS asked;

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
