CREATE OR REPLACE FUNCTION tarot.find_drawn(
    p_user_id bigint,
    p_transaction_id bigint,
    p_spread_type text,
    p_question text,
    p_cards jsonb,
    p_interpretation text
)
RETURNS tarot.readings
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_reading tarot.readings;
BEGIN
    SELECT r.*
    INTO v_reading
    FROM tarot.readings AS r
    WHERE r.user_id = p_user_id AND r.transaction_id = p_transaction_id;
    IF v_reading.id IS NULL
        OR (
            v_reading.spread_type, v_reading.question, v_reading.cards, v_reading.interpretation
        ) IS DISTINCT FROM (p_spread_type, p_question, p_cards, p_interpretation)
    THEN
        PERFORM tarot.refuse_other_request(
            'The first request drew another reading, which may be deleted.'
        );
    END IF;
    RETURN v_reading;
END;
$$;

COMMENT ON FUNCTION tarot.find_drawn(bigint, bigint, text, text, jsonb, text) IS
'The reading that this movement paid for, if it is the one that is asked for again; else raises
TR002 IdempotencyKeyReused.';

GRANT EXECUTE ON FUNCTION tarot.find_drawn(bigint, bigint, text, text, jsonb, text)
TO tarot_definer;
