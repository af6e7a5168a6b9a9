-- Accounts: who they are, and how they get in.

-- name: register_user :one
-- Open an account on the free plan; its key.
--
-- :email  address, in whatever letters
-- :password_hash  of bcrypt, Argon2id or scrypt, with its salt
-- :full_name? = NULL  what the person is called
-- :company_name? = NULL  whom the person works for
-- @identity none
SELECT chatsphere.register_user(:email, :password_hash, :full_name, :company_name) AS id;

-- name: find_login :maybe
-- Key and password hash of the open account with this address. Compare the password with the hash
-- before a session is opened; for an unknown address, with a hash of nobody's.
--
-- :email  address, in whatever letters
-- @identity none
SELECT found.user_id, found.password_hash
FROM chatsphere.find_login(:email) AS found;

-- name: get_user :one
-- The account of this session.
SELECT
    u.id,
    u.email,
    u.full_name,
    u.company_name,
    u.subscription_tier,
    u.usage_limit,
    u.is_active,
    u.created_at,
    u.updated_at,
    u.support_access_until
FROM chatsphere.users AS u
WHERE u.id = kernel.user_uuid();

-- name: update_profile :exec
-- Write what the person of this session and their company are called.
--
-- :full_name  None for nothing
-- :company_name  None for nothing
UPDATE chatsphere.users AS u
SET full_name = :full_name,
    company_name = :company_name
WHERE u.id = kernel.user_uuid();

-- name: allow_support :exec
-- Let support read the conversations of this account, until a moment.
--
-- :until  None ends it at once
UPDATE chatsphere.users AS u
SET support_access_until = :until
WHERE u.id = kernel.user_uuid();

-- name: change_password :exec
-- Put a new password hash in the place of the one that was compared.
--
-- :current_hash  what find_login gave, with which the old password was compared
-- :new_hash  of bcrypt, Argon2id or scrypt, with its salt
SELECT chatsphere.change_password(:current_hash, :new_hash);

-- name: set_active :rowcount
-- Close an account, or open it again; 0 when there is no such account, or an erased one. The keys
-- of a closed account open nothing.
--
-- :user_id  whose
-- :is_active  false closes it
-- @role worker
UPDATE chatsphere.users AS u
SET is_active = :is_active
WHERE u.id = :user_id AND u.erased_at IS NULL;

-- name: change_email :rowcount
-- Write another address of an account, once the person has proved that it is theirs; 0 when there
-- is no such account, or an erased one.
--
-- :user_id  whose
-- :email  address, in whatever letters
-- @role worker
UPDATE chatsphere.users AS u
SET email = lower(btrim(:email))
WHERE u.id = :user_id AND u.erased_at IS NULL;

-- name: list_plans :many
-- The plans, the smallest first.
--
-- @identity none
SELECT p.plan_name, p.usage_limit, p.usage_period, p.chatbot_limit, p.source_limit, p.updated_at
FROM chatsphere.plans AS p
ORDER BY p.usage_limit, p.plan_name;

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
