-- People with an account.

-- name: register_user :maybe
-- Make an account; its id, or None where the address has one. Answer the visitor the same either
-- way, and tell the rest by mail.
--
-- :email  where the person is reached
-- :password_hash  by bcrypt, with cost 12
-- @identity none
SELECT made.id
FROM saltbitter.register_user(:email, :password_hash) AS made (id);

-- name: find_login :maybe
-- Id, bcrypt hash and whether the address is verified, to check a password by.
--
-- :email  as it was typed
-- @identity none
SELECT found.user_id, found.password_hash, found.verified
FROM saltbitter.find_login(:email) AS found;

-- name: get_user :one
-- The account of this session.
SELECT
    u.id,
    u.email,
    u.verified,
    u.subscription_tier,
    u.created_at,
    u.updated_at,
    u.last_login_at
FROM saltbitter.users AS u
WHERE u.id = kernel.user_uuid();

-- name: change_email :one
-- Give the person of this session another address, to be verified anew; False where somebody has
-- it, and then nothing changes.
--
-- :email  the new one
SELECT saltbitter.change_email(:email) AS changed;

-- name: change_password :exec
-- Give the person of this session another password; WrongPassword where the hash is another by now.
--
-- :current_hash  what find_login gave, and the program has compared with the password of now
-- :password_hash  by bcrypt, with cost 12
SELECT saltbitter.change_password(:current_hash, :password_hash);

-- name: note_login :exec
-- Note that the person of this session has logged in.
UPDATE saltbitter.users AS u
SET last_login_at = now()
WHERE u.id = kernel.user_uuid();

-- name: verify_user :rowcount
-- Note that a person has shown that the address is theirs; 0 when there is no such person, or it
-- is another address by now.
--
-- :user_id  who
-- :email  the address that was verified
-- @role worker
UPDATE saltbitter.users AS u
SET verified = true
WHERE u.id = :user_id AND u.email = :email AND u.erased_at IS NULL;

-- name: list_paying_users :page
-- People of a paid tier, by id.
--
-- :tier  premium or elite
-- :limit = 1000  page size
-- @role worker
SELECT u.id, u.email, u.subscription_tier
FROM saltbitter.users AS u
WHERE u.subscription_tier = :tier
  AND u.subscription_tier <> 'free'
  AND (u.id) > (:after) --? after
ORDER BY u.id
LIMIT :limit;

-- name: request_erasure :one
-- Ask to be forgotten. Show the code where only the person of this session reads it;
-- confirm_request wants it back.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_erasure() AS asked;

-- name: request_access :one
-- Ask to see what is held. Show the code where only the person of this session reads it.
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
