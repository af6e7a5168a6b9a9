-- API keys: what programs of an account call with.

-- name: create_api_key :one
-- Make a key for the account of this session. It is in the answer and nowhere else: show it once.
--
-- :name  what the person calls it
-- :expires_at? = NULL  from when on it opens nothing
SELECT made.key_id, made.api_key
FROM chatsphere.create_api_key(:name, :expires_at) AS made;

-- name: authenticate_api_key :maybe
-- Whose key this is, to open a session for them; None for every key that does not hold.
--
-- :api_key  the whole key
-- @identity none
SELECT found.user_id, found.key_id
FROM chatsphere.authenticate_api_key(:api_key) AS found;

-- name: revoke_api_key :exec
-- End a key of the account of this session for good.
--
-- :key_id  which
SELECT chatsphere.revoke_api_key(:key_id);

-- name: list_api_keys :many
-- Keys of the account of this session, without what opens anything.
--
-- :limit = 100  most rows to give
SELECT k.id, k.name, k.prefix, k.created_at, k.expires_at, k.revoked_at, k.last_used_at
FROM chatsphere.api_keys AS k
WHERE k.user_id = kernel.user_uuid()
ORDER BY k.created_at, k.id
LIMIT :limit;
