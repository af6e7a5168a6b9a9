CREATE OR REPLACE FUNCTION tarot.start_purchase(
    p_amount integer,
    p_payment_reference text,
    p_idempotency_key text,
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
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
    v_amount CONSTANT integer := tarot.require_amount(p_amount);
    -- As it is kept: whoever repeats the call is told the same.
    v_price CONSTANT numeric(12, 2) := p_price;
    v_purchase tarot.transactions := tarot.find_request(v_user_id, p_idempotency_key);
BEGIN
    IF v_purchase.id IS NOT NULL THEN
        IF (
            v_purchase.type, v_purchase.amount, v_purchase.payment_reference, v_purchase.price,
            v_purchase.currency
        ) IS DISTINCT FROM ('purchase', v_amount, p_payment_reference, v_price, p_currency) THEN
            PERFORM tarot.refuse_other_request('The first request was another movement.');
        END IF;
        RETURN v_purchase;
    END IF;

    INSERT INTO tarot.transactions (
        user_id, type, amount, status, payment_reference, idempotency_key, price, currency
    )
    VALUES (
        v_user_id, 'purchase', v_amount, 'pending', p_payment_reference, p_idempotency_key, v_price,
        p_currency
    )
    ON CONFLICT (payment_reference) WHERE payment_reference IS NOT NULL DO NOTHING
    RETURNING * INTO v_purchase;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'TR012',
            MESSAGE = 'this payment reference belongs to another purchase',
            DETAIL = 'One payment at the provider buys credits once.',
            HINT = 'Start a new payment at the provider and use its reference.';
    END IF;
    RETURN v_purchase;
END;
$$;

COMMENT ON FUNCTION tarot.start_purchase(integer, text, text, numeric, text) IS
'Opens a purchase for the current user, which waits for the payment provider, and returns it; a
repeat with the same key gets the first one. Credits come with complete_purchase. The reference must
come from the payment provider, never from the person: who names it first gets what is paid. With a
price, complete_purchase is told what the provider took, and compares.
Raises TR002 IdempotencyKeyReused, TR011 AmountOutOfRange, TR012 PaymentReferenceUsed.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, payment_reference';

ALTER FUNCTION tarot.start_purchase(integer, text, text, numeric, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.start_purchase(integer, text, text, numeric, text) TO tarot_app;
