-- How long caches in front of the database may show what they have read.

-- name: list_cache_lifetimes :many
-- How long each kind of entry may be kept.
--
-- @identity none
-- @lint ignore unbounded-many there are three kinds
SELECT c.entry, c.lifetime, c.updated_at
FROM tarot.cache_lifetimes AS c
ORDER BY c.entry;

-- name: set_cache_lifetime :rowcount
-- Let a kind of entry be kept for another time; those who listen to tarot_cache_lifetimes are told.
--
-- :entry  which kind
-- :lifetime  from a second to a day
-- @role worker
UPDATE tarot.cache_lifetimes AS c
SET lifetime = :lifetime
WHERE c.entry = :entry;

-- name: read_for_caches :one
-- What caches keep of the person of this session, in one call: the balance, the newest readings, and
-- the sessions that are going on.
--
-- :readings = 10  most readings to give
SELECT
    a.balance,
    ARRAY(
        SELECT r
        FROM tarot.readings AS r
        WHERE r.user_id = a.user_id
        ORDER BY r.id DESC
        LIMIT :readings
    ) AS readings,
    ARRAY(
        SELECT o
        FROM (
            SELECT s.id, s.context, s.expires_at
            FROM tarot.sessions AS s
            WHERE s.user_id = a.user_id AND s.expires_at > now()
            ORDER BY s.id DESC
            LIMIT 100
        ) AS o
    ) AS sessions
FROM tarot.credits AS a
WHERE a.user_id = kernel.user_bigint();
