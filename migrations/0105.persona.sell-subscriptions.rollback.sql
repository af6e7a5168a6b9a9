-- Takes every subscription with it: dump them first.

DELETE FROM kernel.job WHERE name = 'persona_expire_subscriptions';
REVOKE USAGE ON SCHEMA persona FROM strongroom_runner;
SELECT kernel.drop_masked_view('persona.subscriptions');
SELECT kernel.disable_audit('persona.subscriptions');
SELECT kernel.disable_audit('persona.plans');
DROP TABLE persona.subscriptions;
DROP TABLE persona.plans;
