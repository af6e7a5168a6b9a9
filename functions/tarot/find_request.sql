CREATE OR REPLACE FUNCTION tarot.find_request(p_user_id bigint, p_idempotency_key text)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    -- 'TR' in ASCII: the first key of advisory locks says what they are for.
    c_lock_space CONSTANT integer := 21586;
    v_found tarot.transactions;
BEGIN
    -- A twin that runs at the same time waits here, and then finds what the first one did. Two keys that meet in
    -- one number only wait for each other.
    PERFORM pg_catalog.pg_advisory_xact_lock(
        c_lock_space, pg_catalog.hashtext(p_user_id || ':' || p_idempotency_key)
    );
    SELECT t.*
    INTO v_found
    FROM tarot.transactions AS t
    WHERE t.user_id = p_user_id AND t.idempotency_key = p_idempotency_key;
    RETURN v_found;
END;
$$;

COMMENT ON FUNCTION tarot.find_request(bigint, text) IS
'The movement that this key already made, or NULL; until the end of the transaction nobody else uses the key.';

GRANT EXECUTE ON FUNCTION tarot.find_request(bigint, text) TO tarot_definer;
