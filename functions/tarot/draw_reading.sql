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
    v_paid tarot.transactions := tarot.find_request(v_user_id, p_idempotency_key);
    v_reading tarot.readings;
    v_price integer;
BEGIN
    IF v_paid.id IS NOT NULL THEN
        SELECT r.*
        INTO v_reading
        FROM tarot.readings AS r
        WHERE r.user_id = v_user_id AND r.transaction_id = v_paid.id;
        IF v_reading.id IS NULL
            OR (
                v_reading.spread_type, v_reading.question, v_reading.cards, v_reading.interpretation
            ) IS DISTINCT FROM (p_spread_type, p_question, p_cards, p_interpretation)
        THEN
            PERFORM tarot.refuse_other_request(
                'The first request drew another reading, which may be deleted.'
            );
        END IF;
    ELSE
        SELECT s.price
        INTO v_price
        FROM tarot.spread_prices AS s
        WHERE s.spread_type = p_spread_type;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING
                ERRCODE = 'TR013',
                MESSAGE = 'no such spread',
                DETAIL = 'tarot.spread_prices has no price for it.',
                HINT = 'Choose one that list_spreads shows.';
        END IF;
        INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)
        VALUES (v_user_id, 'reading', -v_price, 'completed', p_idempotency_key)
        RETURNING * INTO v_paid;
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
