-- Subscriptions.

-- name: begin_subscription :one
-- Begin a subscription, for the price and the time of its plan: what the webhook of the gateway calls.
-- The number of the subscription; a second call with the same payment gives the first one's.
--
-- :user_id  whose
-- :plan  to what; list_plans knows them
-- :payment_reference? = NULL  what the gateway calls the payment; None where nothing is paid
-- :metadata  what else the gateway said, an object
-- @role worker
SELECT persona.begin_subscription(
    :user_id, :plan, :payment_reference, :metadata
) AS subscription_id;

-- name: cancel_subscription :one
-- End the subscription of the person of this session that runs; false if there is none.
SELECT persona.cancel_subscription() AS was_active;

-- name: get_subscription :maybe
-- The subscription of the person of this session that runs. One that is over is not given, also
-- before the job has said so.
SELECT s.id, s.plan, s.started_at, s.expires_at, s.price, s.currency
FROM persona.subscriptions AS s
WHERE s.user_id = kernel.user_bigint()
  AND s.status = 'active'
  AND (s.expires_at IS NULL OR s.expires_at > now())
LIMIT 1;

-- name: list_subscriptions :page
-- What the person of this session has subscribed to, the newest first.
--
-- :limit = 20  page size
SELECT
    s.id,
    s.plan,
    s.started_at,
    s.expires_at,
    s.status,
    s.price,
    s.currency,
    s.payment_reference,
    s.cancelled_at
FROM persona.subscriptions AS s
WHERE s.user_id = kernel.user_bigint()
  AND (s.id) < (:after) --? after
ORDER BY s.id DESC
LIMIT :limit;

-- name: list_ending_subscriptions :many
-- Subscriptions that end before a moment, the next to end first; for reminders.
--
-- :before  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT s.user_id, s.id, s.plan, s.expires_at
FROM persona.subscriptions AS s
WHERE s.status = 'active' AND s.expires_at < :before
ORDER BY s.expires_at, s.id
LIMIT :limit;
