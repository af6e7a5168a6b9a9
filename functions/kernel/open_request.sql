CREATE OR REPLACE FUNCTION kernel.open_request(
    p_app text,
    p_subject text,
    p_kind text,
    p_regime text DEFAULT 'gdpr',
    p_origin text DEFAULT 'staff'
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_actor CONSTANT text := coalesce(kernel.actor(), session_user);
    v_id uuid;
    v_state text;
BEGIN
    IF coalesce(v_subject, '') = ''
        OR coalesce(p_kind NOT IN ('access', 'rectification', 'erasure'), true)
        OR coalesce(p_regime NOT IN ('gdpr', 'fz152'), true)
        OR coalesce(p_origin NOT IN ('staff', 'retention', 'replay'), true)
        OR p_kind <> 'erasure' AND p_origin <> 'staff'
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR092',
            MESSAGE = 'this is no request',
            HINT = 'Pass app and user id; access, rectification or erasure; gdpr or fz152; staff, or,'
                ' for an erasure, retention or replay.';
    END IF;
    INSERT INTO kernel.subject_request AS r (
        app, subject, kind, regime, origin, state, requested_by, due_at, approved_by
    )
    VALUES (
        p_app, v_subject, p_kind, p_regime, p_origin,
        CASE p_origin WHEN 'replay' THEN 'approved' ELSE 'verified' END,
        v_actor, kernel.request_due(p_regime, p_kind, now()),
        CASE p_origin WHEN 'replay' THEN v_actor END
    )
    ON CONFLICT (app, subject, kind) WHERE state NOT IN ('done', 'refused') DO NOTHING
    RETURNING r.id INTO v_id;
    IF FOUND THEN
        RETURN v_id;
    END IF;

    SELECT r.id, r.state
    INTO v_id, v_state
    FROM kernel.subject_request AS r
    WHERE r.app = p_app
      AND r.subject = v_subject
      AND r.kind = p_kind
      AND r.state NOT IN ('done', 'refused')
    FOR NO KEY UPDATE;
    -- Staff knows who asks; in a restored copy nothing is to be asked, for it was done before.
    IF v_state = 'requested' THEN
        UPDATE kernel.subject_request AS r SET state = 'verified' WHERE r.id = v_id;
        v_state := 'verified';
    END IF;
    IF p_origin = 'replay' AND v_state IN ('verified', 'failed') THEN
        UPDATE kernel.subject_request AS r
        SET state = 'approved', approved_by = v_actor
        WHERE r.id = v_id;
    END IF;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION kernel.open_request(text, text, text, text, text) IS
'Opens a request for a person (app, user id) whose identity was checked by other means, or joins the
one that is open; its number. Origin staff: somebody wrote. retention: the time of the person is over;
still to be approved. replay: a restored copy holds a person who was erased; approved at once.
Raises KR041 InvalidHold, KR092 UnfitRequest.';

GRANT EXECUTE ON FUNCTION kernel.open_request(text, text, text, text, text) TO strongroom_runner;
