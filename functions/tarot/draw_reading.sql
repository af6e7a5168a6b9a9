CREATE OR REPLACE FUNCTION tarot.draw_reading(
    p_spread_type text,
    p_question text,
    p_cards jsonb,
    p_interpretation text,
    p_idempotency_key text,
    OUT reading_id bigint,
    OUT transaction_id bigint,
    OUT price integer,
    OUT balance integer,
    OUT created_at timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
    v_paid tarot.transactions;
    v_is_repeat boolean;
    v_reading tarot.readings;
    v_price integer;
BEGIN
    SELECT t.*
    INTO v_paid
    FROM tarot.transactions AS t
    WHERE t.user_id = v_user_id AND t.idempotency_key = p_idempotency_key;
    v_is_repeat := FOUND;
    IF NOT v_is_repeat THEN
        v_price := tarot.require_price(p_spread_type);
        BEGIN
            INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)
            VALUES (v_user_id, 'reading', -v_price, 'completed', p_idempotency_key)
            RETURNING * INTO v_paid;
        EXCEPTION
            WHEN unique_violation OR SQLSTATE 'TR001' THEN
                -- A twin of this request may have been quicker: see tarot.spend_credits().
                v_paid := tarot.find_request(v_user_id, p_idempotency_key);
                v_is_repeat := v_paid.id IS NOT NULL;
                IF NOT v_is_repeat THEN
                    RAISE;
                END IF;
        END;
    END IF;

    IF v_is_repeat THEN
        v_reading := tarot.find_drawn(
            v_user_id, v_paid.id, p_spread_type, p_question, p_cards, p_interpretation
        );
    ELSE
        INSERT INTO tarot.readings (
            user_id, spread_type, question, cards, interpretation, transaction_id
        )
        VALUES (v_user_id, p_spread_type, p_question, p_cards, p_interpretation, v_paid.id)
        RETURNING * INTO v_reading;
    END IF;
    reading_id := v_reading.id;
    transaction_id := v_paid.id;
    price := -v_paid.amount;
    balance := v_paid.credits_after;
    created_at := v_reading.created_at;
END;
$$;

COMMENT ON FUNCTION tarot.draw_reading(text, text, jsonb, text, text) IS
'Pays for a reading and stores it, both or neither, for the current user; returns its number, the
movement, what it cost and the balance after it. A repeat with the same key gets the first answer,
also after a change of prices.
Raises TR001 InsufficientCredits, TR002 IdempotencyKeyReused, TR013 UnknownSpread.
@nonnull';

ALTER FUNCTION tarot.draw_reading(text, text, jsonb, text, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.draw_reading(text, text, jsonb, text, text) TO tarot_app;
