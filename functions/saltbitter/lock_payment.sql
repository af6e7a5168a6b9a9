CREATE OR REPLACE FUNCTION saltbitter.lock_payment(p_stripe_payment_id text)
RETURNS saltbitter.payments
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_payment saltbitter.payments;
BEGIN
    SELECT p.*
    INTO v_payment
    FROM saltbitter.payments AS p
    WHERE p.stripe_payment_id = p_stripe_payment_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB032',
            MESSAGE = 'no payment has this Stripe id',
            DETAIL = 'The id is compared as it is, upper and lower case matter.',
            HINT = 'Start the payment before the provider can tell of it; if it was, check the id.';
    END IF;
    RETURN v_payment;
END;
$$;

COMMENT ON FUNCTION saltbitter.lock_payment(text) IS
'The payment with this Stripe id, locked until the end of the transaction. Raises SB032
UnknownPayment.';

GRANT EXECUTE ON FUNCTION saltbitter.lock_payment(text) TO saltbitter_definer;
