CREATE OR REPLACE FUNCTION kernel.answer_request(p_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request CONSTANT kernel.subject_request := kernel.require_request(p_id);
BEGIN
    IF v_request.kind = 'erasure' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR090',
            MESSAGE = format('request %s can''t be changed so', p_id),
            DETAIL = 'An erasure is done when its steps are.',
            HINT = 'Run strongroom subject erase.';
    END IF;
    IF v_request.state = 'approved' THEN
        UPDATE kernel.subject_request AS r SET state = 'running' WHERE r.id = p_id;
    END IF;
    UPDATE kernel.subject_request AS r SET state = 'done' WHERE r.id = p_id;
END;
$$;

COMMENT ON FUNCTION kernel.answer_request(uuid) IS
'Says that an approved request for access or rectification was answered.
Raises KR090 IllegalRequestMove, KR091 UnknownRequest.';

GRANT EXECUTE ON FUNCTION kernel.answer_request(uuid) TO strongroom_runner;
