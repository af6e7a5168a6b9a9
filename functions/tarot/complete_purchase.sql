CREATE OR REPLACE FUNCTION tarot.complete_purchase(p_payment_reference text)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_purchase tarot.transactions := tarot.lock_purchase(p_payment_reference);
BEGIN
    IF v_purchase.status IN ('completed', 'refunded') THEN
        RETURN v_purchase;
    END IF;
    UPDATE tarot.transactions AS t
    SET status = 'completed'
    WHERE t.user_id = v_purchase.user_id AND t.id = v_purchase.id
    RETURNING t.* INTO v_purchase;
    RETURN v_purchase;
END;
$$;

COMMENT ON FUNCTION tarot.complete_purchase(text) IS
'Credits a purchase that was paid, and returns it. The provider may say so any number of times: the
credits come once. Raises TR004 IllegalTransition for one that failed before, TR005 UnknownPayment.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, payment_reference, completed_at, account_version';

ALTER FUNCTION tarot.complete_purchase(text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.complete_purchase(text) TO tarot_worker;
