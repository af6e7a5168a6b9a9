CREATE OR REPLACE FUNCTION tarot.lock_account(p_user_id bigint)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Not an advisory lock: a transaction with thousands of movements would fill the table of
    -- locks.
    PERFORM FROM tarot.credits AS c WHERE c.user_id = p_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM tarot.refuse_unknown_account(p_user_id);
    END IF;
END;
$$;

COMMENT ON FUNCTION tarot.lock_account(bigint) IS
'Makes every other movement of this account wait until the end of the transaction. Who locks rows of
the ledger too locks the account first. Raises TR009 UnknownAccount.';

GRANT EXECUTE ON FUNCTION tarot.lock_account(bigint) TO tarot_definer;
