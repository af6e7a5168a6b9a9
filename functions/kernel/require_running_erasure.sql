CREATE OR REPLACE FUNCTION kernel.require_running_erasure(p_id uuid, p_left text[])
RETURNS kernel.subject_request
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request CONSTANT kernel.subject_request := kernel.require_request(p_id);
BEGIN
    IF v_request.kind <> 'erasure' OR v_request.state <> 'running' OR EXISTS (
        SELECT
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id AND s.state <> 'done' AND s.kind <> ALL (p_left)
    )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR098',
            MESSAGE = format('request %s is no erasure that has come so far', p_id),
            DETAIL = format('It is %s, or steps before this one are not done.', v_request.state),
            HINT = 'Run kernel.run_erasure_step() until it returns 0.';
    END IF;
    RETURN v_request;
END;
$$;

COMMENT ON FUNCTION kernel.require_running_erasure(uuid, text[]) IS
'The erasure of this number, locked, if it is running and nothing but steps of these kinds is left.
Raises KR091 UnknownRequest, KR098 ErasureUnfinished.';
