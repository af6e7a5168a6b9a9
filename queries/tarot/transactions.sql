-- The ledger: what moved, and whether it all adds up.

-- name: fail_stale_purchases :one
-- One batch of the job that closes purchases nobody paid for; how many. Call it until it gives 0.
--
-- :older_than = '1 day'  how long a purchase may wait; not negative
-- :limit = 1000  most purchases in a batch, from 1
-- @role worker
SELECT tarot.fail_stale_purchases(:older_than, :limit) AS failed;

-- name: get_transaction :maybe
-- One movement of the person of this session.
--
-- :transaction_id  which
SELECT
    t.user_id,
    t.id,
    t.type,
    t.amount,
    t.credits_before,
    t.credits_after,
    t.status,
    t.payment_reference,
    t.created_at,
    t.completed_at,
    t.error_message,
    t.idempotency_key,
    t.account_version,
    t.refunds_id,
    t.price,
    t.currency
FROM tarot.transactions AS t
WHERE t.user_id = kernel.user_bigint() AND t.id = :transaction_id;

-- name: find_purchase :maybe
-- The purchase of a payment: whose it is and how it stands, for what the provider tells of it later, as
-- a refund by refund_transaction.
--
-- :payment_reference  what the provider calls the payment
-- @role worker
SELECT t.user_id, t.id, t.amount, t.status, t.price, t.currency, t.created_at, t.completed_at
FROM tarot.transactions AS t
WHERE t.payment_reference = :payment_reference;

-- name: list_ledger_breaks :many
-- Every way in which balances and ledger disagree. Must be empty.
--
-- @role worker
-- @lint ignore seq-scan an audit recounts everything: it trusts no index to leave rows out
-- @lint ignore sort what is sorted are breaks, of which there are none
-- @lint ignore unbounded-many the list must be empty, and a cut one would hide breaks
SELECT b.user_id, b.transaction_id, b.rule, b.detail
FROM tarot.ledger_breaks AS b
ORDER BY b.user_id, b.transaction_id NULLS FIRST, b.rule;

-- name: list_pending_purchases :page
-- Purchases that wait for the payment provider, the oldest first.
--
-- :limit = 100  page size
-- @role worker
SELECT t.user_id, t.id, t.amount, t.payment_reference, t.created_at
FROM tarot.transactions AS t
WHERE t.status = 'pending'
  AND (t.created_at, t.user_id, t.id) > (:after) --? after
ORDER BY t.created_at, t.user_id, t.id
LIMIT :limit;

-- name: list_transactions :page
-- Movements of the person of this session, newest first.
--
-- :type  only movements of this type
-- :limit = 20  page size
SELECT
    t.user_id,
    t.id,
    t.type,
    t.amount,
    t.credits_before,
    t.credits_after,
    t.status,
    t.payment_reference,
    t.created_at,
    t.completed_at,
    t.error_message,
    t.idempotency_key,
    t.account_version,
    t.refunds_id,
    t.price,
    t.currency
FROM tarot.transactions AS t
WHERE t.user_id = kernel.user_bigint()
  AND t.type = :type --? type
  AND (t.id) < (:after) --? after
ORDER BY t.id DESC
LIMIT :limit;
