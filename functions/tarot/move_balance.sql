CREATE OR REPLACE FUNCTION tarot.move_balance(p_user_id bigint, p_amount integer)
RETURNS tarot.credits
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_account tarot.credits;
BEGIN
    -- The row stays locked until commit: one movement of an account after the other, and no retry.
    UPDATE tarot.credits AS c
    SET balance = c.balance + p_amount,
        version = c.version + 1,
        last_updated_at = pg_catalog.now()
    WHERE c.user_id = p_user_id AND c.balance + p_amount >= 0
    RETURNING c.* INTO v_account;
    IF FOUND THEN
        RETURN v_account;
    END IF;

    PERFORM FROM tarot.credits AS c WHERE c.user_id = p_user_id;
    IF NOT FOUND THEN
        PERFORM tarot.refuse_unknown_account(p_user_id);
    END IF;
    -- Without figures: messages go to logs, and what somebody has or pays is personal.
    RAISE EXCEPTION USING
        ERRCODE = 'TR001',
        MESSAGE = 'not enough credits',
        DETAIL = 'The balance is smaller than what the movement takes.',
        HINT = 'Buy credits first, or choose what costs less.';
END;
$$;

COMMENT ON FUNCTION tarot.move_balance(bigint, integer) IS
'Adds a (negative) amount to a balance and returns the account as it then is. For the triggers of
the ledger: a call from anywhere else is refused. Raises TR001 InsufficientCredits, TR009
UnknownAccount.';

GRANT EXECUTE ON FUNCTION tarot.move_balance(bigint, integer) TO tarot_definer;
