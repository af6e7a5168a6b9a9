-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.recommendation_performance WITH (security_barrier = true) AS
SELECT
    date_trunc('month', r.created_at AT TIME ZONE 'UTC')::date AS month,
    r.algorithm_used,
    r.model_version,
    r.content_type,
    count(*) AS recommendations,
    count(DISTINCT r.user_id) AS people,
    count(r.shown_at) AS shown,
    count(*) FILTER (WHERE r.status = 'dismissed') AS dismissed
FROM astroloh.recommendations AS r
WHERE r.created_at < date_trunc('month', now(), 'UTC')
GROUP BY 1, 2, 3, 4
HAVING count(DISTINCT r.user_id) >= 5;

COMMENT ON VIEW astroloh.recommendation_performance IS
'What became of recommendations by month (UTC), algorithm, model and content, of months that are
over. Groups of fewer than five people are left out.
@row RecommendationPerformance';
COMMENT ON COLUMN astroloh.recommendation_performance.month IS
'First day of the month in UTC.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.algorithm_used IS
'How they were found.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.model_version IS
'By which version of the model.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.content_type IS
'About what.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.recommendations IS
'How many recommendations.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.people IS
'To how many people, at least five.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.shown IS
'How many of them were seen.
@public';
COMMENT ON COLUMN astroloh.recommendation_performance.dismissed IS
'How many of them were not wanted.
@public';

GRANT SELECT ON astroloh.recommendation_performance TO astroloh_analyst;
