CREATE OR REPLACE FUNCTION kernel.request_erasure(
    p_regime text DEFAULT 'gdpr',
    OUT request_id uuid,
    OUT code text
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT j.request_id, j.code
    INTO request_id, code
    FROM kernel.join_request('erasure', p_regime) AS j;
END;
$$;

COMMENT ON FUNCTION kernel.request_erasure(text) IS
'The person of this transaction asks to be erased: the number of the request, and
once a code that kernel.verify_request() wants; send it where only the person reads it. Whoever asks
again joins the open request, and gets a new code unless it is confirmed. Terms: gdpr or fz152.
Raises KR001 MissingIdentity, KR041 InvalidHold, KR092 UnfitRequest.';

ALTER FUNCTION kernel.request_erasure(text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.request_erasure(text) TO strongroom_client;
