-- The compliance log: what was done to whom for the sake of which law.

-- name: log_compliance :exec
-- Append an entry.
--
-- :user_id  whom it is about
-- :action_type  what was done, as a word
-- :regulatory_framework  which law
-- :details  more of it, as words by name, without personal data
-- @role worker
INSERT INTO saltbitter.compliance_logs (user_id, action_type, regulatory_framework, details)
VALUES (:user_id, :action_type, :regulatory_framework, :details);

-- name: list_my_log :page
-- What was done to the person of this session, newest first.
--
-- :limit = 50  page size
SELECT c.id, c.action_type, c.regulatory_framework, c.details, c.occurred_at
FROM saltbitter.compliance_logs AS c
WHERE c.user_id = kernel.user_uuid()
  AND (c.id) < (:after) --? after
ORDER BY c.id DESC
LIMIT :limit;

-- name: list_actions :page
-- What was done to people for the sake of laws, newest first; for reports.
--
-- :action_type  of which kind
-- :limit = 1000  page size
-- @role worker
SELECT c.user_id, c.id, c.regulatory_framework, c.details, c.occurred_at
FROM saltbitter.compliance_logs AS c
WHERE c.action_type = :action_type
  AND (c.occurred_at, c.user_id, c.id) < (:after) --? after
ORDER BY c.occurred_at DESC, c.user_id DESC, c.id DESC
LIMIT :limit;
