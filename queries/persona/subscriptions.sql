-- Subscriptions.

-- name: begin_subscription :one
-- Begin a subscription, for the price and the time of its plan: what the webhook of the gateway calls.
-- The number of the subscription; a second call with the same payment gives the first one's. What is
-- paid for while another one runs begins when that one is over.
--
-- :user_id  whose
-- :plan  to what; list_plans knows them
-- :payment_reference? = NULL  what the gateway calls the payment; None where nothing is paid
-- :metadata? = NULL  what else the gateway said, an object
-- :amount? = NULL  what the gateway took, whole; then it is compared with the price of the plan
-- :currency? = NULL  in what, as list_plans says it
-- @role worker
SELECT persona.begin_subscription(
    :user_id,
    :plan,
    :payment_reference,
    coalesce(CAST(:metadata AS jsonb), '{}'),
    :amount,
    :currency
) AS subscription_id;

-- name: refund_subscription :one
-- What the gateway's webhook tells of a payment that went back, whole: its subscription serves no more,
-- and what was paid for after it begins as much sooner. False where that was told before.
--
-- :payment_reference  what the gateway calls the payment
-- @role worker
SELECT persona.refund_subscription(:payment_reference) AS refunded;

-- name: cancel_subscription :one
-- Note that the person of this session wants no renewal; false where there is nothing to cancel. What
-- was paid for runs to its end; one without an end is over at once.
SELECT persona.cancel_subscription() AS was_active;

-- name: get_subscription :maybe
-- The subscription of the person of this session that runs now, whether or not the job has said so. A
-- cancelled one runs to the end of what was paid for; cancelled_at says since when it is not to be
-- renewed.
SELECT s.id, s.plan, s.started_at, s.expires_at, s.price, s.currency, s.cancelled_at
FROM persona.subscriptions AS s
WHERE s.user_id = kernel.user_bigint()
  AND s.status <> 'expired'
  AND s.refunded_at IS NULL
  AND s.started_at <= now()
  AND (s.expires_at > now() OR s.expires_at IS NULL AND s.status = 'active')
ORDER BY s.id DESC
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
    s.cancelled_at,
    s.refunded_at
FROM persona.subscriptions AS s
WHERE s.user_id = kernel.user_bigint()
  AND (s.id) < (:after) --? after
ORDER BY s.id DESC
LIMIT :limit;

-- name: list_ending_subscriptions :many
-- Subscriptions that end before a moment, with nothing paid for after them, the next to end first; for
-- reminders.
--
-- :before  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT s.user_id, s.id, s.plan, s.expires_at
FROM persona.subscriptions AS s
WHERE s.status = 'active'
  AND s.expires_at < :before
  AND NOT EXISTS (
      SELECT
      FROM persona.subscriptions AS n
      WHERE n.user_id = s.user_id AND n.status = 'upcoming'
  )
ORDER BY s.expires_at, s.id
LIMIT :limit;
