CREATE OR REPLACE FUNCTION kernel.fail_erasure(p_id uuid, p_sqlstate text, p_place text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request CONSTANT kernel.subject_request := kernel.require_request(p_id);
    v_step CONSTANT kernel.erasure_step := kernel.next_erasure_step(p_id);
BEGIN
    IF v_request.kind <> 'erasure' OR coalesce(p_sqlstate, '') !~ '^[0-9A-Z]{5}$'
        OR length(p_place) > 300
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR092',
            MESSAGE = 'this is no failure of an erasure',
            HINT = 'Pass the SQLSTATE, and the table and constraint; never a message.';
    END IF;
    -- Another runner may have come to the end meanwhile.
    IF v_request.state NOT IN ('approved', 'running') THEN
        RETURN;
    ELSIF v_request.state = 'approved' THEN
        UPDATE kernel.subject_request AS r SET state = 'running' WHERE r.id = p_id;
    END IF;
    UPDATE kernel.subject_request AS r
    SET state = 'failed',
        state_reason = concat_ws(
            ' ', 'SQLSTATE', p_sqlstate, 'in step', coalesce(v_step.kind, 'plan'),
            v_step.relation::text, nullif(format('(%s)', p_place), '()')
        )
    WHERE r.id = p_id;
END;
$$;

COMMENT ON FUNCTION kernel.fail_erasure(uuid, text, text) IS
'Writes down that a step of an erasure failed, in a transaction of its own: SQLSTATE, and the table and
constraint that the error names. Messages may hold values and stay out. After the cause is mended,
kernel.approve_request() has it tried again, by the same term. Does nothing to a request that has come
to another state meanwhile. Raises KR091 UnknownRequest, KR092 UnfitRequest.';

GRANT EXECUTE ON FUNCTION kernel.fail_erasure(uuid, text, text) TO strongroom_runner;
