CREATE OR REPLACE FUNCTION kernel.refuse_request(p_id uuid, p_reason text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.require_request_reason(p_reason);
    PERFORM kernel.require_request(p_id);
    UPDATE kernel.subject_request AS r
    SET state = 'refused', state_reason = p_reason
    WHERE r.id = p_id;
END;
$$;

COMMENT ON FUNCTION kernel.refuse_request(uuid, text) IS
'Refuses a request that was not begun, for a reason that the person is told.
Raises KR090 IllegalRequestMove, KR091 UnknownRequest, KR092 UnfitRequest.';

GRANT EXECUTE ON FUNCTION kernel.refuse_request(uuid, text) TO strongroom_runner;
