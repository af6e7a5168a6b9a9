CREATE OR REPLACE FUNCTION saltbitter.start_payment(
    p_type text,
    p_amount numeric,
    p_stripe_payment_id text,
    p_stripe_invoice_id text DEFAULT NULL,
    p_currency text DEFAULT 'USD'
)
RETURNS saltbitter.payments
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    -- As it is kept: whoever repeats the call is told the same.
    v_amount CONSTANT numeric(12, 2) := p_amount;
    v_payment saltbitter.payments;
BEGIN
    INSERT INTO saltbitter.payments AS p (
        user_id, type, amount, stripe_payment_id, stripe_invoice_id, currency
    )
    VALUES (
        v_user_id, p_type, v_amount, p_stripe_payment_id, p_stripe_invoice_id, p_currency
    )
    ON CONFLICT DO NOTHING
    RETURNING p.* INTO v_payment;
    IF FOUND THEN
        RETURN v_payment;
    END IF;
    SELECT p.*
    INTO v_payment
    FROM saltbitter.payments AS p
    WHERE p.stripe_payment_id = p_stripe_payment_id;
    IF (
        v_payment.user_id, v_payment.type, v_payment.amount, v_payment.stripe_invoice_id,
        v_payment.currency
    ) IS DISTINCT FROM (v_user_id, p_type, v_amount, p_stripe_invoice_id, p_currency) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB031',
            MESSAGE = 'this Stripe id belongs to another payment',
            DETAIL = 'One payment or invoice at the provider is one payment here.',
            HINT = 'Start a new payment at the provider, and pass its id unchanged.';
    END IF;
    RETURN v_payment;
END;
$$;

COMMENT ON FUNCTION saltbitter.start_payment(text, numeric, text, text, text) IS
'Notes a payment of the current user that waits for the provider; saying it again gives the same
row. Ids and amount come from the provider and the price list, never from the person.
Raises SB031 PaymentIdUsed.
@nonnull user_id, id, amount, type, status, created_at, currency';

ALTER FUNCTION saltbitter.start_payment(text, numeric, text, text, text)
OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.start_payment(text, numeric, text, text, text)
TO saltbitter_app;
