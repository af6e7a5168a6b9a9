CREATE OR REPLACE FUNCTION kernel.require_request_reason(p_reason text)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF coalesce(btrim(p_reason), '') = '' OR length(p_reason) > 2000 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR092',
            MESSAGE = 'this needs a reason of 1 to 2,000 characters',
            HINT = 'Say why, without names: it is kept when the person is forgotten.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_request_reason(text) IS
'Raises KR092 UnfitRequest unless it is a reason.';
