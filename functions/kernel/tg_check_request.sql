CREATE OR REPLACE FUNCTION kernel.tg_check_request()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_is_new CONSTANT boolean := TG_OP = 'INSERT';
    v_problem CONSTANT text := kernel.request_change_problem(
        CASE WHEN NOT c_is_new THEN to_jsonb(OLD) END, to_jsonb(NEW)
    );
BEGIN
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR090',
            MESSAGE = format('request %s can''t be changed so', NEW.id),
            DETAIL = v_problem,
            HINT = 'docs/kernel/subject-rights.md shows the steps of a request.';
    END IF;

    -- Apart, for the definer of what apps call may not read the evidence.
    IF NEW.kind = 'erasure' AND NEW.state = 'done' AND OLD.state <> 'done' THEN
        PERFORM kernel.require_erasure_evidence(NEW.id);
    END IF;

    NEW.state_at := CASE WHEN c_is_new THEN now() ELSE OLD.state_at END;
    NEW.verified_at := CASE WHEN NOT c_is_new THEN OLD.verified_at END;
    NEW.approved_at := CASE WHEN NOT c_is_new THEN OLD.approved_at END;
    NEW.started_at := CASE WHEN NOT c_is_new THEN OLD.started_at END;
    NEW.ended_at := CASE WHEN NOT c_is_new THEN OLD.ended_at END;
    IF NOT c_is_new AND NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    NEW.state_at := now();
    IF NEW.state IN ('verified', 'approved') THEN
        NEW.verified_at := coalesce(NEW.verified_at, now());
    END IF;
    -- A hold that is over changes nothing of the agreement.
    IF NEW.state = 'approved' AND (c_is_new OR OLD.state <> 'held') THEN
        NEW.approved_at := now();
    ELSIF NEW.state = 'running' THEN
        NEW.started_at := coalesce(NEW.started_at, now());
    ELSIF NEW.state IN ('done', 'refused') THEN
        NEW.ended_at := now();
    END IF;
    IF NEW.state NOT IN ('held', 'failed', 'refused') THEN
        NEW.state_reason := NULL;
    END IF;
    IF NEW.state <> 'requested' THEN
        NEW.code_salt := NULL;
        NEW.code_hash := NULL;
        NEW.code_expires_at := NULL;
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION kernel.tg_check_request() IS
'BEFORE INSERT OR UPDATE on kernel.subject_request: lets a request take the steps of
kernel.is_request_move and nothing else, sets the times of its states, and drops the code that was
used. Raises KR090 IllegalRequestMove, KR098
ErasureUnfinished.';
