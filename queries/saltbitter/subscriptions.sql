-- Subscriptions: what people pay for by the month.

-- name: get_subscription :maybe
-- The subscription of the person of this session.
SELECT
    s.tier,
    s.status,
    s.current_period_start,
    s.current_period_end,
    s.created_at
FROM saltbitter.subscriptions AS s
WHERE s.user_id = kernel.user_uuid();

-- name: set_subscription :one
-- What the provider's webhook tells of a subscription. False where the message was told before, or
-- something newer is known.
--
-- :event_id  what the provider calls the message
-- :user_id  whose
-- :tier  what is paid for
-- :status  how it stands
-- :stripe_subscription_id?  None for the free tier
-- :stripe_customer_id?  what the provider calls the person
-- :period_start?  None for the free tier
-- :period_end?  None for the free tier
-- :provider_at  when it happened there
-- @like tier saltbitter.subscriptions.tier
-- @like status saltbitter.subscriptions.status
-- @role worker
SELECT saltbitter.set_subscription(
    :event_id, :user_id, :tier, :status, :stripe_subscription_id, :stripe_customer_id,
    :period_start, :period_end, :provider_at
) AS took_effect;

-- name: list_ending_subscriptions :many
-- Subscriptions of a status that end before a moment, the next to end first; for reminders.
--
-- :status  which
-- :before  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT s.user_id, s.tier, s.current_period_end
FROM saltbitter.subscriptions AS s
WHERE s.status = :status AND s.tier <> 'free' AND s.current_period_end < :before
ORDER BY s.current_period_end
LIMIT :limit;
