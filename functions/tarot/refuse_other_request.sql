CREATE OR REPLACE FUNCTION tarot.refuse_other_request(p_detail text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'TR002',
        MESSAGE = 'this idempotency key was used for another request',
        DETAIL = p_detail,
        HINT = 'Repeat the first request exactly, or take a new key for a new request.';
END;
$$;

COMMENT ON FUNCTION tarot.refuse_other_request(text) IS
'Raises TR002 IdempotencyKeyReused.';

GRANT EXECUTE ON FUNCTION tarot.refuse_other_request(text) TO tarot_definer;
