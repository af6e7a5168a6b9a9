CREATE OR REPLACE FUNCTION tarot.take_back(p_user_id bigint, p_transaction_id bigint)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_amount integer;
    v_original tarot.transactions;
BEGIN
    UPDATE tarot.transactions AS t
    SET status = 'refunded'
    WHERE t.user_id = p_user_id
      AND t.id = p_transaction_id
      AND t.status = 'completed'
      AND t.type IN ('purchase', 'reading')
    RETURNING -t.amount INTO v_amount;
    IF FOUND THEN
        RETURN v_amount;
    END IF;

    SELECT t.*
    INTO v_original
    FROM tarot.transactions AS t
    WHERE t.user_id = p_user_id AND t.id = p_transaction_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'TR008',
            MESSAGE = 'no such transaction',
            DETAIL = pg_catalog.format(
                'User %s has no transaction %s.',
                p_user_id, coalesce(p_transaction_id::text, 'NULL')
            ),
            HINT = 'Look up the transaction in the person''s own list.';
    ELSIF v_original.status = 'refunded' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'TR006',
            MESSAGE = 'this transaction is refunded already',
            DETAIL = pg_catalog.format('Transaction %s has status refunded.', p_transaction_id),
            HINT = 'Nothing is left to do; to repeat a request, repeat its idempotency key.';
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'TR007',
        MESSAGE = 'this transaction can''t be refunded',
        DETAIL = pg_catalog.format(
            'Transaction %s is a %s with status %s.',
            p_transaction_id, v_original.type, v_original.status
        ),
        HINT = 'Completed purchases and readings can be.';
END;
$$;

COMMENT ON FUNCTION tarot.take_back(bigint, bigint) IS
'Turns a completed purchase or reading to refunded and returns the amount that undoes it. For the
trigger of the ledger: a call from anywhere else is refused. Raises TR006 AlreadyRefunded, TR007
NotRefundable, TR008 UnknownTransaction.';

GRANT EXECUTE ON FUNCTION tarot.take_back(bigint, bigint) TO tarot_definer;
