CREATE OR REPLACE FUNCTION kernel.forget_requests(p_id uuid, p_app text, p_subject text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE kernel.subject_request AS r
    SET state = 'refused', state_reason = 'the person was erased'
    WHERE r.app = p_app
      AND r.subject = p_subject
      AND r.id <> p_id
      AND r.started_at IS NULL
      AND r.state IN ('requested', 'verified', 'approved', 'held');
    UPDATE kernel.subject_request AS r
    SET state = 'done'
    WHERE r.app = p_app AND r.subject = p_subject AND r.id <> p_id AND r.state = 'running';
    UPDATE kernel.subject_request AS r
    SET subject = NULL
    WHERE r.app = p_app AND r.subject = p_subject AND r.state IN ('done', 'refused');
    UPDATE kernel.subject_request AS r SET state = 'done', subject = NULL WHERE r.id = p_id;
    DELETE FROM kernel.erasure_token AS t WHERE t.request_id = p_id;
END;
$$;

COMMENT ON FUNCTION kernel.forget_requests(uuid, text, text) IS
'Ends an erasure, and has this and every other request of the person forget who it was; what else was
open of them is moot.';
