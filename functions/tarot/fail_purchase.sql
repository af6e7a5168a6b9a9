CREATE OR REPLACE FUNCTION tarot.fail_purchase(p_payment_reference text, p_error_message text)
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
    IF v_purchase.status = 'failed' THEN
        RETURN v_purchase;
    END IF;
    UPDATE tarot.transactions AS t
    SET status = 'failed',
        error_message = p_error_message
    WHERE t.user_id = v_purchase.user_id AND t.id = v_purchase.id
    RETURNING t.* INTO v_purchase;
    RETURN v_purchase;
END;
$$;

COMMENT ON FUNCTION tarot.fail_purchase(text, text) IS
'Closes a purchase that was not paid, and returns it; a repeat changes nothing and keeps the first
message.
Raises TR004 IllegalTransition for one that was completed, TR005 UnknownPayment.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, payment_reference, error_message';

ALTER FUNCTION tarot.fail_purchase(text, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.fail_purchase(text, text) TO tarot_worker;
