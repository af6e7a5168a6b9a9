-- What is recommended to people.

-- name: add_recommendations :bulk
-- Recommend something to many people; how many. Who does not agree is left out.
--
-- :algorithm_used  how they were found
-- :model_version  by which version of the model
-- @role worker
-- @chunk 5000
INSERT INTO astroloh.recommendations (
    user_id, recommendation_type, content_type, title, description, recommendation_data,
    confidence_score, priority, expires_at, algorithm_used, model_version
)
SELECT
    u.user_id, u.recommendation_type, u.content_type, u.title, u.description,
    u.recommendation_data, u.confidence_score, u.priority, u.expires_at, :algorithm_used,
    :model_version
FROM unnest(
    :user_id::uuid[], :recommendation_type::text[], :content_type::text[], :title::text[],
    :description::text[], :recommendation_data::jsonb[], :confidence_score::integer[],
    :priority::integer[], :expires_at::timestamptz[]
) AS u (
    user_id, recommendation_type, content_type, title, description, recommendation_data,
    confidence_score, priority, expires_at
)
WHERE astroloh.may_process(u.user_id);

-- name: list_recommendations :many
-- What waits to be shown to the person of this session, the most urgent and surest first; nothing where
-- they don't agree any more.
--
-- :limit = 5  most rows to give
SELECT
    r.id, r.recommendation_type, r.content_type, r.title, r.description, r.recommendation_data,
    r.confidence_score, r.priority, r.expires_at
FROM astroloh.recommendations AS r
WHERE r.user_id = kernel.user_uuid()
  AND r.status = 'active'
  AND (r.expires_at IS NULL OR r.expires_at > now())
  AND (SELECT astroloh.may_process(kernel.user_uuid()))
ORDER BY r.priority DESC, r.confidence_score DESC
LIMIT :limit;

-- name: show_recommendation :rowcount
-- Note that the person of this session saw a recommendation; 0 when it did not wait any more.
--
-- :id  which
UPDATE astroloh.recommendations AS r
SET status = 'shown'
WHERE r.user_id = kernel.user_uuid()
  AND r.id = :id
  AND r.status = 'active'
  AND (r.expires_at IS NULL OR r.expires_at > now())
  AND (SELECT astroloh.may_process(kernel.user_uuid()));

-- name: dismiss_recommendation :rowcount
-- Note that the person of this session does not want a recommendation; 0 when it was over before.
--
-- :id  which
UPDATE astroloh.recommendations AS r
SET status = 'dismissed'
WHERE r.user_id = kernel.user_uuid() AND r.id = :id AND r.status IN ('active', 'shown');

-- name: list_recommendation_history :page
-- What was ever recommended to the person of this session, newest first.
--
-- :limit = 20  page size
SELECT r.id, r.recommendation_type, r.content_type, r.title, r.status, r.shown_at, r.created_at
FROM astroloh.recommendations AS r
WHERE r.user_id = kernel.user_uuid()
  AND (r.id) < (:after) --? after
ORDER BY r.id DESC
LIMIT :limit;
