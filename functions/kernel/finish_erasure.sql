CREATE OR REPLACE FUNCTION kernel.finish_erasure(
    p_id uuid,
    p_pseudonym bytea,
    p_key_id text
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request kernel.subject_request := kernel.require_running_erasure(p_id, '{}');
BEGIN
    PERFORM kernel.lock_pins();
    IF kernel.is_subject_held(v_request.app, v_request.subject) THEN
        UPDATE kernel.subject_request AS r
        SET state = 'held', state_reason = 'a legal hold keeps the person'
        WHERE r.id = p_id;
        RETURN false;
    END IF;
    -- Tables that came meanwhile as well.
    PERFORM kernel.plan_erasure(p_id, v_request.app);
    IF kernel.has_late_rows(p_id, v_request.subject) OR EXISTS (
        SELECT FROM kernel.erasure_step AS s WHERE s.request_id = p_id AND s.state <> 'done'
    )
    THEN
        UPDATE kernel.erasure_step AS s
        SET state = 'waiting', finished_at = NULL, round = s.round + 1
        WHERE s.request_id = p_id;
        RETURN false;
    END IF;

    PERFORM kernel.forget_consents(v_request.app, v_request.subject, p_pseudonym, p_key_id);
    INSERT INTO kernel.erasure_evidence (id, app, pseudonym, key_id, act, log, keep_until)
    VALUES (
        p_id, v_request.app, p_pseudonym, p_key_id,
        kernel.erasure_act(v_request, p_pseudonym, p_key_id), kernel.erasure_log(p_id),
        now() + interval '3 years'
    );
    PERFORM kernel.keep_out_erased(v_request.app, v_request.subject);
    PERFORM kernel.forget_requests(p_id, v_request.app, v_request.subject);
    -- Last, because others that end an erasure wait from here on.
    PERFORM kernel.append_erasure(v_request.app, p_pseudonym, p_key_id, p_id);
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.finish_erasure(uuid, bytea, text) IS
'The end of an erasure whose steps are all done: keeps writers out, and looks once more. Nothing there:
evidence, the entry of the ledger and the end of the request in one, and true. Something was written
meanwhile: every step waits again, and false; run them. A legal hold came: false, and the request is
held. p_pseudonym: HMAC of app and person (Python: strongroom.subject.pseudonyms), p_key_id: by which
key.
Raises KR045 IsolationTooStrict, KR091 UnknownRequest, KR095 UnfitErasure, KR098 ErasureUnfinished, KR103
ReplayUnfinished.';

GRANT EXECUTE ON FUNCTION kernel.finish_erasure(uuid, bytea, text) TO strongroom_runner;
