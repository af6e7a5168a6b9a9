CREATE OR REPLACE FUNCTION tarot.lock_purchase(p_payment_reference text)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_purchase tarot.transactions;
BEGIN
    SELECT t.*
    INTO v_purchase
    FROM tarot.transactions AS t
    WHERE t.payment_reference = p_payment_reference
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'TR005',
            MESSAGE = 'no purchase has this payment reference',
            DETAIL = 'The reference is compared as it is, upper and lower case matter.',
            HINT = 'Start the purchase before the provider can tell of it; if it was, check the reference.';
    END IF;
    RETURN v_purchase;
END;
$$;

COMMENT ON FUNCTION tarot.lock_purchase(text) IS
'The purchase with this payment reference, locked until the end of the transaction. Raises TR005 UnknownPayment.';

GRANT EXECUTE ON FUNCTION tarot.lock_purchase(text) TO tarot_definer;
