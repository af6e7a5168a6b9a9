CREATE OR REPLACE FUNCTION saltbitter.refund_payment(
    p_event_id text,
    p_stripe_payment_id text,
    p_stripe_refund_id text,
    p_amount numeric
)
RETURNS saltbitter.payments
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_paid CONSTANT saltbitter.payments := saltbitter.lock_payment(p_stripe_payment_id);
    -- As it is kept, so that what is paid back whole is seen to be.
    v_amount CONSTANT numeric(12, 2) := p_amount;
    v_refund saltbitter.payments;
    v_left numeric;
BEGIN
    PERFORM saltbitter.claim_webhook(p_event_id, 'refund');
    SELECT p.* INTO v_refund
    FROM saltbitter.payments AS p
    WHERE p.stripe_payment_id = p_stripe_refund_id
      AND p.user_id = v_paid.user_id
      AND p.refunds_id = v_paid.id;
    IF FOUND THEN
        RETURN v_refund;
    END IF;
    SELECT v_paid.amount - coalesce(sum(p.amount), 0) INTO v_left
    FROM saltbitter.payments AS p
    WHERE p.user_id = v_paid.user_id AND p.refunds_id = v_paid.id;
    -- A refund that the provider has no name for would be booked again whenever it is told.
    IF (
        v_paid.status = 'succeeded'
        AND v_paid.refunds_id IS NULL
        AND v_amount <= v_left
        AND p_stripe_refund_id IS NOT NULL
    ) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB033',
            MESSAGE = 'this can''t be paid back',
            DETAIL = 'It was not paid, is a refund itself, less of it is left, or the refund has no'
                ' Stripe id.',
            HINT = 'Look at the payment and at the refunds that name it.';
    END IF;
    INSERT INTO saltbitter.payments AS p (
        user_id, type, amount, stripe_payment_id, status, currency, refunds_id
    )
    VALUES (
        v_paid.user_id, 'refund', v_amount, p_stripe_refund_id, 'succeeded', v_paid.currency,
        v_paid.id
    )
    RETURNING p.* INTO v_refund;
    IF v_amount = v_left THEN
        UPDATE saltbitter.payments AS p SET status = 'refunded'
        WHERE p.user_id = v_paid.user_id AND p.id = v_paid.id;
    END IF;
    RETURN v_refund;
END;
$$;

COMMENT ON FUNCTION saltbitter.refund_payment(text, text, text, numeric) IS
'What the provider''s webhook tells of money that went back, all of a payment or a part: a row of
its own, told by the provider''s id of it. A payment of which nothing is left is refunded. Telling it
again gives the first row.
Raises SB032 UnknownPayment, SB033 NotRefundable.
@nonnull user_id, id, amount, type, stripe_payment_id, status, created_at, currency, refunds_id';

ALTER FUNCTION saltbitter.refund_payment(text, text, text, numeric) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.refund_payment(text, text, text, numeric)
TO saltbitter_worker;
