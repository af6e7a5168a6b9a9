-- Takes every account, payment and key with it: dump them first.

SELECT kernel.disable_audit('chatsphere.subscriptions');
SELECT kernel.disable_audit('chatsphere.api_keys');
SELECT kernel.disable_audit('chatsphere.users');
SELECT kernel.disable_audit('chatsphere.plans');
DELETE FROM kernel.job WHERE name = 'chatsphere_end_subscriptions';
DELETE FROM kernel.retention_policy
WHERE name IN ('chatsphere_usage_periods', 'chatsphere_api_usage');
DELETE FROM kernel.partition_policy WHERE parent = 'chatsphere.api_usage'::regclass;
DROP SCHEMA chatsphere CASCADE;
