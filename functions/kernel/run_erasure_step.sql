CREATE OR REPLACE FUNCTION kernel.run_erasure_step(p_id uuid, p_limit integer DEFAULT 1000)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request kernel.subject_request := kernel.require_request(p_id);
    v_step kernel.erasure_step := kernel.next_erasure_step(p_id);
    v_count bigint;
    v_reason text;
BEGIN
    IF v_request.kind <> 'erasure' OR coalesce(p_limit NOT BETWEEN 1 AND 100000, true) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR092',
            MESSAGE = 'this is no erasure, or no limit',
            HINT = 'Pass the number of an erasure, and a limit from 1 to 100,000 rows.';
    END IF;
    IF v_request.state NOT IN ('approved', 'running') THEN
        RETURN 0;
    END IF;
    -- What reads much and destroys nothing is not to keep new holds out.
    IF coalesce(v_step.kind NOT IN ('views', 'statistics', 'scan'), true) THEN
        PERFORM kernel.lock_pins();
    END IF;
    IF kernel.is_subject_held(v_request.app, v_request.subject) THEN
        v_reason := 'a legal hold keeps the person';
    ELSIF v_request.state = 'approved' THEN
        UPDATE kernel.subject_request AS r SET state = 'running' WHERE r.id = p_id;
        PERFORM kernel.plan_erasure(p_id, v_request.app);
    END IF;

    v_step := kernel.next_erasure_step(p_id);
    IF v_reason IS NULL AND v_step.kind NOT IN ('tokens', 'cut', 'rows') THEN
        SELECT 'a legal hold keeps ' || coalesce(
            'rows of ' || string_agg(s.relation::text, ', ' ORDER BY s.id),
            'entries of the audit log'
        )
        INTO v_reason
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id AND s.state = 'held'
        HAVING count(*) > 0;
    END IF;
    IF v_reason IS NOT NULL THEN
        UPDATE kernel.subject_request AS r
        SET state = 'held', state_reason = left(v_reason, 2000)
        WHERE r.id = p_id;
        RETURN 0;
    END IF;

    CASE v_step.kind
        WHEN 'rows' THEN
            RETURN kernel.erase_table(v_step, v_request.subject, p_limit);
        WHEN 'cut' THEN
            RETURN kernel.cut_cycle(v_step, v_request.subject);
        WHEN 'scan' THEN
            v_reason := kernel.scan_traces(p_id, v_request.app, v_request.subject);
            IF v_reason IS NOT NULL THEN
                UPDATE kernel.subject_request AS r
                SET state = 'failed', state_reason = v_reason
                WHERE r.id = p_id;
                RETURN 0;
            END IF;
            v_count := 0;
        ELSE
            v_count := kernel.erase_from_kernel(v_step, v_request.app, v_request.subject);
            IF v_count IS NULL THEN
                -- VACUUM is not for functions; or everything is done.
                RETURN 0;
            END IF;
    END CASE;
    PERFORM kernel.end_erasure_step(v_step, v_count);
    RETURN 1;
END;
$$;

COMMENT ON FUNCTION kernel.run_erasure_step(uuid, integer) IS
'One batch of an approved erasure, to be committed by itself: more than 0 while there is another. 0:
look at the state of the request: held, failed, or running with VACUUM as what is left, which
kernel.erasure_vacuums() asks for, before kernel.finish_erasure().
Raises KR045 IsolationTooStrict, KR091 UnknownRequest, KR092 UnfitRequest, KR095 UnfitErasure, KR096
RowsStay, and whatever the tables of the app raise: then call kernel.fail_erasure().';

GRANT EXECUTE ON FUNCTION kernel.run_erasure_step(uuid, integer) TO strongroom_runner;
