-- Decisions: who likes or passes whom.

-- name: decide :one
-- Like or pass a person, once; where both like each other, the match.
--
-- :target_id  whom
-- :decision  liked or passed
-- @like decision saltbitter.decisions.decision
SELECT decided.decision, decided.match_id
FROM saltbitter.decide(:target_id, :decision) AS decided;

-- name: list_decisions :page
-- Decisions of the person of this session.
--
-- :limit = 50  page size
SELECT d.target_id, d.decision, d.created_at
FROM saltbitter.decisions AS d
WHERE d.user_id = kernel.user_uuid()
  AND (d.target_id) > (:after) --? after
ORDER BY d.target_id
LIMIT :limit;
