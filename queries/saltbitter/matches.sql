-- Matches: pairs of people who like each other.

-- name: list_matches :many
-- Matches of the person of this session, the newest first, with how many messages wait unread.
--
-- :limit = 100  most rows to give
SELECT
    m.id,
    CASE kernel.user_uuid() WHEN m.user_a_id THEN m.user_b_id ELSE m.user_a_id END AS user_id,
    m.compatibility_score,
    m.matched_at,
    (
        SELECT count(*)
        FROM saltbitter.messages AS s
        WHERE s.to_user_id = kernel.user_uuid() AND s.match_id = m.id AND s.read_at IS NULL
    ) AS unread
FROM saltbitter.matches AS m
WHERE m.status = 'matched'
ORDER BY m.matched_at DESC, m.id
LIMIT :limit;

-- name: get_matched_profile :maybe
-- The profile of the other one of a match of the person of this session; None where there is no
-- such match, or it was left.
--
-- :match_id  which
SELECT
    other.user_id,
    other.name,
    other.age,
    other.gender,
    other.bio,
    other.photos
FROM saltbitter.matched_profile(:match_id) AS other;

-- name: unmatch :exec
-- End a match of the person of this session, for both and for good.
--
-- :match_id  which
SELECT saltbitter.unmatch(:match_id);

-- name: set_compatibility :exec
-- Note how well two people fit, in either order; their pair is made where there is none.
--
-- :one_id  one of them
-- :other_id  the other
-- :score  from 0 to 100
-- @role worker
INSERT INTO saltbitter.matches AS m (user_a_id, user_b_id, compatibility_score)
VALUES (least(:one_id::uuid, :other_id::uuid), greatest(:one_id::uuid, :other_id::uuid), :score)
ON CONFLICT (user_a_id, user_b_id) DO UPDATE SET compatibility_score = excluded.compatibility_score;
