CREATE OR REPLACE FUNCTION tarot.require_price(p_spread_type text)
RETURNS integer
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
DECLARE
    v_price integer;
BEGIN
    SELECT s.price
    INTO v_price
    FROM tarot.spread_prices AS s
    WHERE s.spread_type = p_spread_type;
    IF FOUND THEN
        RETURN v_price;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'TR013',
        MESSAGE = 'no such spread',
        DETAIL = 'tarot.spread_prices has no price for it.',
        HINT = 'Choose one that list_spreads shows.';
END;
$$;

COMMENT ON FUNCTION tarot.require_price(text) IS
'What a reading with this spread costs, in credits; raises TR013 UnknownSpread.';

GRANT EXECUTE ON FUNCTION tarot.require_price(text) TO tarot_definer;
