CREATE OR REPLACE FUNCTION saltbitter.settle_payment(
    p_event_id text,
    p_stripe_payment_id text,
    p_status text,
    p_amount numeric,
    p_currency text
)
RETURNS saltbitter.payments
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_payment saltbitter.payments := saltbitter.lock_payment(p_stripe_payment_id);
BEGIN
    IF NOT saltbitter.claim_webhook(p_event_id, 'payment') THEN
        RETURN v_payment;
    END IF;
    -- That it failed may be told after it succeeded; the provider's messages overtake each other.
    IF v_payment.status = p_status
        OR v_payment.status IN ('succeeded', 'refunded') AND p_status IN ('succeeded', 'failed')
    THEN
        RETURN v_payment;
    END IF;
    IF p_status = 'succeeded'
        AND (p_amount, p_currency) IS DISTINCT FROM (v_payment.amount, v_payment.currency)
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB034',
            MESSAGE = 'the provider took another amount',
            DETAIL = 'What was paid is not what this payment was begun with; it stays as it is.',
            HINT = 'Look at the payment at the provider: pay it back there, or begin one that fits.';
    END IF;
    UPDATE saltbitter.payments AS p
    SET status = p_status
    WHERE p.user_id = v_payment.user_id AND p.id = v_payment.id
    RETURNING p.* INTO v_payment;
    RETURN v_payment;
END;
$$;

COMMENT ON FUNCTION saltbitter.settle_payment(text, text, text, numeric, text) IS
'What the provider''s webhook tells of a payment: succeeded, with what it took, in the unit of the
currency, or failed. Telling it again changes nothing and gives the payment as it is.
Raises SB030 IllegalPaymentStep, SB032 UnknownPayment, SB034 PaymentDiffers.
@nonnull user_id, id, amount, type, stripe_payment_id, status, created_at, currency';

ALTER FUNCTION saltbitter.settle_payment(text, text, text, numeric, text)
OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.settle_payment(text, text, text, numeric, text)
TO saltbitter_worker;
