CREATE OR REPLACE FUNCTION tarot.spend_credits(
    p_amount integer,
    p_idempotency_key text,
    p_expected_version integer DEFAULT NULL
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
    v_movement tarot.transactions;
BEGIN
    -- Nothing is locked before the movement itself: it is what people of one account wait for.
    SELECT t.*
    INTO v_movement
    FROM tarot.transactions AS t
    WHERE t.user_id = v_user_id AND t.idempotency_key = p_idempotency_key;
    IF NOT FOUND THEN
        BEGIN
            INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)
            VALUES (v_user_id, 'reading', -v_amount, 'completed', p_idempotency_key)
            RETURNING * INTO v_movement;
            IF v_movement.account_version - 1 <> p_expected_version THEN
                PERFORM tarot.refuse_version(p_expected_version, v_movement.account_version - 1);
            END IF;
            RETURN v_movement;
        EXCEPTION
            WHEN unique_violation OR SQLSTATE 'TR001' THEN
                -- A twin of this request may have been quicker, and have spent the rest.
                v_movement := tarot.find_request(v_user_id, p_idempotency_key);
                IF v_movement.id IS NULL THEN
                    RAISE;
                END IF;
        END;
    END IF;

    -- What paid for a reading pays for nothing else. Of a reading that is deleted nothing is left
    -- to tell by.
    IF v_movement.type <> 'reading'
        OR v_movement.amount <> -v_amount
        OR EXISTS (
            SELECT
            FROM tarot.readings AS r
            WHERE r.user_id = v_user_id AND r.transaction_id = v_movement.id
        )
    THEN
        PERFORM tarot.refuse_other_request('The first request was another movement.');
    END IF;
    RETURN v_movement;
END;
$$;

COMMENT ON FUNCTION tarot.spend_credits(integer, text, integer) IS
'Takes credits from the account of the current user for a reading, and returns the movement; a
repeat with the same key gets the first one; the key of a draw_reading is refused while its reading
is there. With p_expected_version only if the account still has that version (optimistic locking).
Raises TR001 InsufficientCredits, TR002 IdempotencyKeyReused, TR003 VersionConflict, TR011
AmountOutOfRange.
@nonnull user_id, id, type, amount, credits_before, credits_after, status, created_at, idempotency_key, completed_at, account_version';

ALTER FUNCTION tarot.spend_credits(integer, text, integer) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.spend_credits(integer, text, integer) TO tarot_app;
