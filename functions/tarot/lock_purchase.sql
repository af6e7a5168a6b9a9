CREATE OR REPLACE FUNCTION tarot.lock_purchase(p_payment_reference text)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_user_id bigint;
    v_purchase tarot.transactions;
BEGIN
    SELECT t.user_id
    INTO v_user_id
    FROM tarot.transactions AS t
    WHERE t.payment_reference = p_payment_reference;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'TR005',
            MESSAGE = 'no purchase has this payment reference',
            DETAIL = 'The reference is compared as it is, upper and lower case matter.',
            HINT = 'Start the purchase before the provider can tell of it; if it was, check the '
                'reference.';
    END IF;
    PERFORM tarot.lock_account(v_user_id);
    SELECT t.*
    INTO STRICT v_purchase
    FROM tarot.transactions AS t
    WHERE t.payment_reference = p_payment_reference
    FOR NO KEY UPDATE;
    RETURN v_purchase;
END;
$$;

COMMENT ON FUNCTION tarot.lock_purchase(text) IS
'The purchase with this payment reference, with its account, locked until the end of the
transaction. Raises TR005 UnknownPayment.';

GRANT EXECUTE ON FUNCTION tarot.lock_purchase(text) TO tarot_definer;
