-- How long caches in front of the database may show what they have read.

-- name: list_cache_lifetimes :many
-- How long each kind of entry may be kept.
--
-- @identity none
-- @lint ignore unbounded-many there are five kinds
SELECT c.entry, c.lifetime, c.updated_at
FROM chatsphere.cache_lifetimes AS c
ORDER BY c.entry;

-- name: set_cache_lifetime :rowcount
-- Let a kind of entry be kept for another time; those who listen to chatsphere_stale are told.
--
-- :entry  which kind
-- :lifetime  from a second to a day
-- @role worker
UPDATE chatsphere.cache_lifetimes AS c
SET lifetime = :lifetime
WHERE c.entry = :entry;

-- name: read_for_caches :one
-- What caches keep of the account of this session, in one call: the profile, its bots, and the plan.
--
-- :chatbots = 100  most bots to give
SELECT
    u.email,
    u.full_name,
    u.company_name,
    u.subscription_tier,
    u.usage_limit,
    ARRAY(
        SELECT b
        FROM (
            SELECT c.id, c.name, c.language, c.model_config, c.is_active
            FROM chatsphere.chatbots AS c
            WHERE c.user_id = u.id
            ORDER BY c.name
            LIMIT :chatbots
        ) AS b
    ) AS chatbots
FROM chatsphere.users AS u
WHERE u.id = kernel.user_uuid();
