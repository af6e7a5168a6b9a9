CREATE OR REPLACE FUNCTION tarot.find_request(p_user_id bigint, p_idempotency_key text)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_found tarot.transactions;
BEGIN
    -- The lock of tarot.lock_account(), here without the cost of a call. A twin that runs at the
    -- same time waits for it, and then finds what the first one did: the next statement has a newer
    -- view of the database than this one.
    PERFORM FROM tarot.credits AS c WHERE c.user_id = p_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM tarot.refuse_unknown_account(p_user_id);
    END IF;
    SELECT t.*
    INTO v_found
    FROM tarot.transactions AS t
    WHERE t.user_id = p_user_id AND t.idempotency_key = p_idempotency_key;
    RETURN v_found;
END;
$$;

COMMENT ON FUNCTION tarot.find_request(bigint, text) IS
'The movement that this key already made, or NULL; until the end of the transaction nobody else
moves the account.
Raises TR009 UnknownAccount.';

GRANT EXECUTE ON FUNCTION tarot.find_request(bigint, text) TO tarot_definer;
