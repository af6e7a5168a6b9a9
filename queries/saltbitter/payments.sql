-- Payments: the book that nothing leaves.

-- name: start_payment :one
-- Note a payment of the person of this session that waits for the provider; saying it again gives
-- the same. Ids and amount come from the provider and the price list, never from the person.
--
-- :type  what for: one of list_payment_types
-- :amount  in the currency, more than 0
-- :stripe_payment_id  what the provider calls it
-- :stripe_invoice_id? = NULL  the invoice, where there is one
-- :currency = 'USD'  three letters
SELECT p.id, p.amount, p.type, p.status, p.currency, p.created_at
FROM saltbitter.start_payment(
    :type, :amount, :stripe_payment_id, :stripe_invoice_id, :currency
) AS p;

-- name: settle_payment :one
-- What the provider's webhook tells of a payment. Telling it again changes nothing.
--
-- :event_id  what the provider calls the message
-- :stripe_payment_id  what it calls the payment
-- :status  succeeded or failed
-- :amount? = NULL  what the provider took; a payment succeeds with the amount it was begun with
-- :currency? = NULL  three letters
-- @like status saltbitter.payments.status
-- @role worker
SELECT p.user_id, p.id, p.amount, p.type, p.status, p.currency, p.created_at
FROM saltbitter.settle_payment(
    :event_id, :stripe_payment_id, :status, :amount, :currency
) AS p;

-- name: refund_payment :one
-- What the provider's webhook tells of money that went back: a row of its own. Telling it again
-- gives the first one.
--
-- :event_id  what the provider calls the message
-- :stripe_payment_id  the payment
-- :stripe_refund_id  what the provider calls the refund
-- :amount  how much went back
-- @role worker
SELECT p.user_id, p.id, p.amount, p.status, p.currency, p.created_at, p.refunds_id
FROM saltbitter.refund_payment(
    :event_id, :stripe_payment_id, :stripe_refund_id, :amount
) AS p;

-- name: list_payments :page
-- Payments and refunds of the person of this session, newest first.
--
-- :limit = 50  page size
SELECT p.id, p.amount, p.type, p.status, p.currency, p.created_at, p.refunds_id
FROM saltbitter.payments AS p
WHERE p.user_id = kernel.user_uuid()
  AND (p.id) < (:after) --? after
ORDER BY p.id DESC
LIMIT :limit;

-- name: list_pending_payments :many
-- Payments that wait for the provider since before a moment, the oldest first; to be asked for.
--
-- :before  the moment
-- :limit = 1000  most rows to give
-- @role worker
SELECT p.user_id, p.id, p.stripe_payment_id, p.created_at
FROM saltbitter.payments AS p
WHERE p.status = 'pending' AND p.created_at < :before
ORDER BY p.created_at
LIMIT :limit;

-- name: list_payment_types :many
-- What is paid for here.
--
-- @identity none
SELECT t.payment_type, t.description
FROM saltbitter.payment_types AS t
ORDER BY t.payment_type;
