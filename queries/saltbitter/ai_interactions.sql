-- Uses of AI features: what was disclosed and agreed to, and who wants none.

-- name: list_ai_types :many
-- The AI features.
--
-- @identity none
SELECT t.ai_type, t.description
FROM saltbitter.ai_types AS t
ORDER BY t.ai_type;

-- name: show_ai_disclosure :one
-- Begin a use of an AI feature: the person of this session is being told that it is an AI. Its id,
-- for consent_to_ai.
--
-- :ai_type  one of list_ai_types
-- :session_id? = NULL  what uses are grouped by; says nothing of the person
SELECT saltbitter.show_ai_disclosure(:ai_type, :session_id) AS id;

-- name: consent_to_ai :one
-- Note that the person of this session agreed to what was disclosed; when they first did.
--
-- :interaction_id  what show_ai_disclosure gave
SELECT saltbitter.consent_to_ai(:interaction_id) AS consented_at;

-- name: set_ai_opt_out :one
-- Opt the person of this session out of every AI feature, or in again; whether that changed
-- something.
--
-- :is_opted_out  True to opt out
SELECT saltbitter.set_ai_opt_out(:is_opted_out) AS changed;

-- name: is_opted_out :one
-- Whether the person of this session wants no AI.
SELECT EXISTS (
    SELECT FROM saltbitter.ai_opt_outs AS o WHERE o.user_id = kernel.user_uuid()
) AS is_opted_out;

-- name: list_ai_interactions :page
-- Uses of AI features by the person of this session, newest first.
--
-- :limit = 50  page size
SELECT
    i.id,
    i.ai_type,
    i.disclosure_shown,
    i.user_consented,
    i.session_id,
    i.created_at,
    i.disclosure_shown_at,
    i.user_consented_at
FROM saltbitter.ai_interactions AS i
WHERE i.user_id = kernel.user_uuid()
  AND (i.id) < (:after) --? after
ORDER BY i.id DESC
LIMIT :limit;
