CREATE OR REPLACE FUNCTION tarot.require_amount(p_amount integer)
RETURNS integer
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF p_amount BETWEEN 1 AND 1000000 THEN
        RETURN p_amount;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'TR011',
        MESSAGE = 'an amount of credits is from 1 to 1,000,000',
        DETAIL = pg_catalog.format('The amount is %s.', coalesce(p_amount::text, 'NULL')),
        HINT = 'Amounts are always positive; the function decides which way they go.';
END;
$$;

COMMENT ON FUNCTION tarot.require_amount(integer) IS
'The amount, if the ledger takes it as one movement; else raises TR011 AmountOutOfRange.';

GRANT EXECUTE ON FUNCTION tarot.require_amount(integer) TO tarot_definer;
