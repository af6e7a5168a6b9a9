-- Takes every figure and every error with it: dump them first.

SELECT kernel.drop_masked_view('chatsphere.performance_metrics');
SELECT kernel.drop_masked_view('chatsphere.analytics_usage');
DELETE FROM kernel.retention_policy
WHERE name IN (
    'chatsphere_error_logs', 'chatsphere_performance_metrics', 'chatsphere_analytics_usage'
);
DELETE FROM kernel.partition_policy
WHERE parent IN (
    'chatsphere.error_logs'::regclass, 'chatsphere.performance_metrics'::regclass,
    'chatsphere.analytics_usage'::regclass
);
DROP TABLE chatsphere.error_logs;
DROP TABLE chatsphere.performance_metrics;
DROP TABLE chatsphere.analytics_usage;
