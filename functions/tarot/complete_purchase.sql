CREATE OR REPLACE FUNCTION tarot.complete_purchase(
    p_payment_reference text,
    p_price numeric DEFAULT NULL,
    p_currency text DEFAULT NULL
)
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
    IF v_purchase.price IS NOT NULL
        AND (p_price, p_currency) IS DISTINCT FROM (v_purchase.price, v_purchase.currency)
    THEN
        -- Without figures: messages go to logs, and what somebody pays is personal.
        RAISE EXCEPTION USING
            ERRCODE = 'TR015',
            MESSAGE = 'the provider took another price',
            DETAIL = 'What was paid is not what this purchase was begun with; no credits came.',
            HINT = 'Look at the payment at the provider: pay it back there, and fail the purchase.';
    END IF;
    UPDATE tarot.transactions AS t
    SET status = 'completed'
    WHERE t.user_id = v_purchase.user_id AND t.id = v_purchase.id
    RETURNING t.* INTO v_purchase;
    RETURN v_purchase;
END;
$$;

COMMENT ON FUNCTION tarot.complete_purchase(text, numeric, text) IS
'Credits a purchase that was paid, and returns it. The provider may say so any number of times: the
credits come once. p_price, p_currency: what the provider took; a purchase that was begun with a price
comes for this price alone.
Raises TR004 IllegalTransition for one that failed before, TR005 UnknownPayment, TR015 PaymentDiffers.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, payment_reference, completed_at, account_version';

ALTER FUNCTION tarot.complete_purchase(text, numeric, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.complete_purchase(text, numeric, text) TO tarot_worker;
