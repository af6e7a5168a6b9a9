-- Takes every subscription and payment with it: dump them first.

DROP FUNCTION IF EXISTS
    saltbitter.claim_webhook,
    saltbitter.effective_tier,
    saltbitter.expire_subscriptions,
    saltbitter.lock_payment,
    saltbitter.refund_payment,
    saltbitter.set_subscription,
    saltbitter.settle_payment,
    saltbitter.start_payment
CASCADE;

SELECT kernel.drop_masked_view('saltbitter.payments');
SELECT kernel.drop_masked_view('saltbitter.subscriptions');

SELECT kernel.disable_audit('saltbitter.payment_types');
SELECT kernel.disable_audit('saltbitter.subscriptions');

DELETE FROM kernel.retention_policy
WHERE name IN ('saltbitter_webhook_events');

DELETE FROM kernel.job WHERE name IN ('saltbitter_expire_subscriptions');

DROP TABLE saltbitter.webhook_events;
DROP TABLE saltbitter.payments;
DROP TABLE saltbitter.payment_types;
DROP TABLE saltbitter.subscriptions;

DROP FUNCTION IF EXISTS saltbitter.tg_keep_payment(), saltbitter.tg_follow_subscription();
