CREATE OR REPLACE FUNCTION kernel.require_request(p_id uuid)
RETURNS kernel.subject_request
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request kernel.subject_request;
BEGIN
    SELECT r.*
    INTO v_request
    FROM kernel.subject_request AS r
    WHERE r.id = p_id
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR091',
            MESSAGE = 'there is no request of this number',
            HINT = 'Take the number from kernel.subject_request.';
    END IF;
    RETURN v_request;
END;
$$;

COMMENT ON FUNCTION kernel.require_request(uuid) IS
'The request of this number, locked until the transaction ends. Raises KR091 UnknownRequest.';
