CREATE OR REPLACE FUNCTION kernel.approve_request(p_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request CONSTANT kernel.subject_request := kernel.require_request(p_id);
    v_actor CONSTANT text := coalesce(kernel.actor(), session_user);
BEGIN
    IF v_request.state NOT IN ('verified', 'failed') THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR090',
            MESSAGE = format('request %s can''t be changed so', p_id),
            DETAIL = format('It is %s; what is approved is confirmed, or has failed.', v_request.state),
            HINT = 'What is held goes on by itself when the hold is released.';
    END IF;
    IF v_request.requested_by = v_actor AND EXISTS (
        SELECT FROM kernel.request_policy AS p WHERE p.app = v_request.app AND p.four_eyes
    )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR093',
            MESSAGE = format('request %s needs somebody else to approve it', p_id),
            DETAIL = format('App %I wants four eyes, and who approves has opened it.', v_request.app),
            HINT = 'Have another person approve it, with their own name as the actor.';
    END IF;
    UPDATE kernel.subject_request AS r
    SET state = 'approved', approved_by = v_actor
    WHERE r.id = p_id;
END;
$$;

COMMENT ON FUNCTION kernel.approve_request(uuid) IS
'Agrees to a confirmed request, or has a failed one tried again: by the same term, from the step
that failed. Set the actor of the transaction to who decides. Raises KR090 IllegalRequestMove, KR091
UnknownRequest, KR093 FourEyesNeeded.';

GRANT EXECUTE ON FUNCTION kernel.approve_request(uuid) TO strongroom_runner;
