-- Takes recommendations, metrics, clusters and experiments with it: dump them first.

DELETE FROM kernel.job WHERE name = 'astroloh_recommendations';
DELETE FROM kernel.retention_policy WHERE name IN ('recommendations', 'recommendation_metrics');
DELETE FROM kernel.partition_policy
WHERE parent = 'astroloh.recommendation_metrics'::regclass;
SELECT kernel.disable_audit('astroloh.ab_tests');
DROP FUNCTION IF EXISTS astroloh.assign_group(text), astroloh.expire_recommendations();
DROP VIEW
    astroloh.recommendation_performance,
    astroloh.cluster_sizes,
    astroloh.recommendations_masked,
    astroloh.recommendation_metrics_masked,
    astroloh.user_clusters_masked,
    astroloh.ab_test_groups_masked;
DROP TABLE
    astroloh.ab_test_groups,
    astroloh.ab_tests,
    astroloh.user_clusters,
    astroloh.recommendation_metrics,
    astroloh.recommendations;
DROP FUNCTION IF EXISTS astroloh.tg_move_recommendation();
