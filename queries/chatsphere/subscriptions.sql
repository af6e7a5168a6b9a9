-- Subscriptions: what an account pays for. The running one decides its tier.

-- name: get_subscription :maybe
-- The running subscription of the account of this session; None on the free plan.
SELECT
    s.user_id,
    s.id,
    s.plan_name,
    s.price_id,
    s.status,
    s.current_period_start,
    s.current_period_end,
    s.cancel_at_period_end,
    s.created_at,
    s.updated_at,
    s.provider_subscription_id,
    s.provider_event_at
FROM chatsphere.subscriptions AS s
WHERE s.user_id = kernel.user_uuid() AND s.status IN ('trialing', 'active', 'past_due')
LIMIT 1;

-- name: list_subscriptions :many
-- Subscriptions of the account of this session, the newest first.
--
-- :limit = 100  most rows to give
SELECT
    s.user_id,
    s.id,
    s.plan_name,
    s.price_id,
    s.status,
    s.current_period_start,
    s.current_period_end,
    s.cancel_at_period_end,
    s.created_at,
    s.updated_at,
    s.provider_subscription_id,
    s.provider_event_at
FROM chatsphere.subscriptions AS s
WHERE s.user_id = kernel.user_uuid()
ORDER BY s.created_at DESC, s.id
LIMIT :limit;

-- name: sync_subscription :one
-- The webhook of the payment provider: what it says of a subscription; the key of our row. The same
-- event twice, or one that is older than what is known, changes nothing.
--
-- :user_id  whose
-- :provider_subscription_id  what the provider calls it
-- :event_at  when it happened at the provider
-- :plan_name  list_plans knows them
-- :price_id  what the provider calls the price
-- :status  as the provider says
-- :period_start?  None where nothing is paid yet
-- :period_end?  None where nothing is paid yet
-- :cancel_at_period_end = FALSE  whether it does not renew
-- @like status chatsphere.subscriptions.status
-- @role worker
SELECT chatsphere.sync_subscription(
    :user_id,
    :provider_subscription_id,
    :event_at,
    :plan_name,
    :price_id,
    :status,
    :period_start,
    :period_end,
    :cancel_at_period_end
) AS id;
