-- How recommendations did.

-- name: add_metric :exec
-- Note how a recommendation did with the person of this session.
--
-- :recommendation_id? = NULL  which
-- :metric_name  what was measured
-- :metric_value  the figure
-- :context_data? = NULL  what it was measured under, by name
-- :session_id? = NULL  our own id of the dialog
INSERT INTO astroloh.recommendation_metrics (
    user_id, recommendation_id, metric_name, metric_value, context_data, session_id
)
VALUES (
    kernel.user_uuid(), :recommendation_id, :metric_name, :metric_value, :context_data, :session_id
);

-- name: add_metrics :bulk
-- Note many figures, as collected by a program; how many. Those of nobody have no user_id; those of
-- people who don't agree are left out.
--
-- @role worker
-- @chunk 5000
INSERT INTO astroloh.recommendation_metrics (
    user_id, recommendation_id, metric_name, metric_value, recorded_at
)
SELECT u.user_id, u.recommendation_id, u.metric_name, u.metric_value, u.recorded_at
FROM unnest(
    :user_id::uuid[], :recommendation_id::uuid[], :metric_name::text[], :metric_value::numeric[],
    :recorded_at::timestamptz[]
) AS u (user_id, recommendation_id, metric_name, metric_value, recorded_at)
WHERE u.user_id IS NULL OR astroloh.may_process(u.user_id);

-- name: summarise_metric :one
-- The mean of a figure in a span of time, and of how many.
--
-- :metric_name  what was measured
-- :since  from this moment on
-- :until  before this moment
-- @role worker
SELECT count(*) AS figures, avg(m.metric_value) AS mean
FROM astroloh.recommendation_metrics AS m
WHERE m.metric_name = :metric_name AND m.recorded_at >= :since AND m.recorded_at < :until;

-- name: list_metrics_of_recommendation :many
-- How a recommendation to the person of this session did.
--
-- :recommendation_id  which
-- :limit = 100  most rows to give
SELECT m.id, m.metric_name, m.metric_value, m.recorded_at
FROM astroloh.recommendation_metrics AS m
WHERE m.user_id = kernel.user_uuid() AND m.recommendation_id = :recommendation_id
ORDER BY m.recorded_at, m.id
LIMIT :limit;
