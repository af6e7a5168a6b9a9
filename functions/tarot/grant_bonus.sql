CREATE OR REPLACE FUNCTION tarot.grant_bonus(
    p_user_id bigint,
    p_amount integer,
    p_idempotency_key text
)
RETURNS tarot.transactions
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_amount CONSTANT integer := tarot.require_amount(p_amount);
    v_bonus tarot.transactions := tarot.find_request(p_user_id, p_idempotency_key);
BEGIN
    IF v_bonus.id IS NOT NULL THEN
        IF v_bonus.type <> 'bonus' OR v_bonus.amount <> v_amount THEN
            PERFORM tarot.refuse_other_request('The first request was another movement.');
        END IF;
        RETURN v_bonus;
    END IF;

    INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)
    VALUES (p_user_id, 'bonus', v_amount, 'completed', p_idempotency_key)
    RETURNING * INTO v_bonus;
    RETURN v_bonus;
END;
$$;

COMMENT ON FUNCTION tarot.grant_bonus(bigint, integer, text) IS
'Gives credits to a person for free, and returns the movement; a repeat with the same key gets the
first one.
Raises TR002 IdempotencyKeyReused, TR009 UnknownAccount, TR011 AmountOutOfRange.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, completed_at, account_version';

ALTER FUNCTION tarot.grant_bonus(bigint, integer, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.grant_bonus(bigint, integer, text) TO tarot_worker;
