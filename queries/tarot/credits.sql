-- Credits: what a person has, and every way in which that moves.
--
-- Each movement takes an idempotency key: the caller's own name for the request, made before the
-- first try and kept for each repeat. The same key and the same request give the first answer
-- again.

-- name: get_account :one
-- Balance and version of the account of this session; the version is what spend_credits can expect.
SELECT c.user_id, c.balance, c.last_updated_at, c.version
FROM tarot.credits AS c
WHERE c.user_id = kernel.user_bigint();

-- name: get_balance :one
-- Credits left to the person of this session. 0 is a balance; without an account there is no row.
SELECT c.balance
FROM tarot.credits AS c
WHERE c.user_id = kernel.user_bigint();

-- name: spend_credits :one
-- Take credits from the person of this session for a reading.
--
-- :amount  how many, from 1
-- :idempotency_key  the caller's own name for this request
-- :expected_version? = NULL  only if the account still has this version (optimistic locking)
SELECT
    moved.id,
    moved.amount,
    moved.credits_before,
    moved.credits_after,
    moved.status,
    moved.account_version,
    moved.created_at
FROM tarot.spend_credits(:amount, :idempotency_key, :expected_version) AS moved;

-- name: start_purchase :one
-- Open a purchase for the person of this session, which waits for the payment provider. The
-- reference must come from the provider, never from the person: who names it first gets what is
-- paid.
--
-- :amount  credits to buy, from 1
-- :payment_reference  what the provider calls the payment, as the provider gave it
-- :idempotency_key  the caller's own name for this request
-- :price? = NULL  what the provider is to take; then complete_purchase compares
-- :currency? = NULL  what the price is in: three letters
SELECT
    bought.id,
    bought.amount,
    bought.status,
    bought.payment_reference,
    bought.created_at,
    bought.price,
    bought.currency
FROM tarot.start_purchase(
    :amount, :payment_reference, :idempotency_key, :price, :currency
) AS bought;

-- name: complete_purchase :one
-- Credit a purchase that was paid: what the provider's webhook calls. Saying it again changes
-- nothing and gives the same answer.
--
-- :payment_reference  what the provider calls the payment
-- :price? = NULL  what the provider took, where the purchase was begun with a price
-- :currency? = NULL  in what
-- @role worker
SELECT
    bought.user_id,
    bought.id,
    bought.amount,
    bought.credits_before,
    bought.credits_after,
    bought.status,
    bought.account_version,
    bought.completed_at
FROM tarot.complete_purchase(:payment_reference, :price, :currency) AS bought;

-- name: fail_purchase :one
-- Close a purchase that was not paid. Saying it again changes nothing and keeps the first message.
--
-- :payment_reference  what the provider calls the payment
-- :error_message  why, for operators, without personal data
-- @role worker
SELECT
    bought.user_id,
    bought.id,
    bought.amount,
    bought.status,
    bought.error_message
FROM tarot.fail_purchase(:payment_reference, :error_message) AS bought;

-- name: refund_transaction :one
-- Take a completed purchase or reading back, whole. The row taken back turns to refunded.
--
-- :user_id  whose
-- :transaction_id  which
-- :idempotency_key  the caller's own name for this request
-- @role worker
SELECT
    moved.id,
    moved.amount,
    moved.credits_before,
    moved.credits_after,
    moved.status,
    moved.account_version,
    moved.created_at,
    moved.refunds_id
FROM tarot.refund_transaction(:user_id, :transaction_id, :idempotency_key) AS moved;

-- name: grant_bonus :one
-- Give a person credits for free.
--
-- :user_id  whom
-- :amount  how many, from 1
-- :idempotency_key  the caller's own name for this request
-- @role worker
SELECT
    moved.id,
    moved.amount,
    moved.credits_before,
    moved.credits_after,
    moved.status,
    moved.account_version,
    moved.created_at
FROM tarot.grant_bonus(:user_id, :amount, :idempotency_key) AS moved;
