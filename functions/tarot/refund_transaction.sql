CREATE OR REPLACE FUNCTION tarot.refund_transaction(
    p_user_id bigint,
    p_transaction_id bigint,
    p_idempotency_key text
)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_refund tarot.transactions := tarot.find_request(p_user_id, p_idempotency_key);
BEGIN
    IF v_refund.id IS NOT NULL THEN
        IF v_refund.type <> 'refund' OR v_refund.refunds_id IS DISTINCT FROM p_transaction_id THEN
            PERFORM tarot.refuse_other_request('The first request was another movement.');
        END IF;
        RETURN v_refund;
    END IF;

    INSERT INTO tarot.transactions (user_id, type, status, idempotency_key, refunds_id)
    VALUES (p_user_id, 'refund', 'completed', p_idempotency_key, p_transaction_id)
    RETURNING * INTO v_refund;
    RETURN v_refund;
END;
$$;

COMMENT ON FUNCTION tarot.refund_transaction(bigint, bigint, text) IS
'Takes a completed purchase or reading back, whole, and returns the movement that does it; the row
taken back turns to refunded. A repeat with the same key gets the first one. Credits of a purchase
must still be there.
Raises TR001 InsufficientCredits, TR002 IdempotencyKeyReused, TR006 AlreadyRefunded, TR007
NotRefundable, TR008 UnknownTransaction.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, completed_at, account_version, refunds_id';

ALTER FUNCTION tarot.refund_transaction(bigint, bigint, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.refund_transaction(bigint, bigint, text) TO tarot_worker;
