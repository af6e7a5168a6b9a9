CREATE OR REPLACE FUNCTION kernel.erase_audit(p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_shared CONSTANT bigint[] := ARRAY(
        SELECT s.id FROM kernel.audit_shape AS s WHERE jsonb_array_length(s.columns -> 'subject') > 1
    );
    v_count bigint;
    v_all bigint := 0;
BEGIN
    PERFORM kernel.lock_pins();
    IF kernel.is_subject_held(p_app, v_subject) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR026',
            MESSAGE = 'the person is held',
            DETAIL = 'A legal hold keeps all that there is of the person.',
            HINT = 'Release the hold first, or wait for its end.';
    END IF;
    -- Entries that move from the inbox meanwhile would be missed in both places.
    LOCK TABLE kernel.audit_seal IN SHARE ROW EXCLUSIVE MODE;
    UPDATE kernel.audit_log AS e
    SET commitment = sha256(e.opening), opening = NULL
    WHERE e.opening IS NOT NULL AND e.app = p_app AND e.subject = v_subject;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_all := v_all + v_count;
    UPDATE kernel.audit_inbox AS e
    SET commitment = sha256(e.opening), opening = NULL
    WHERE e.opening IS NOT NULL AND e.app = p_app AND e.subject = v_subject;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_all := v_all + v_count;
    -- Rows of two people are found by no index.
    IF v_shared <> '{}' THEN
        UPDATE kernel.audit_log AS e
        SET commitment = sha256(e.opening), opening = NULL
        WHERE e.opening IS NOT NULL
          AND e.app = p_app
          AND CASE WHEN e.shape_id = ANY (v_shared) THEN e.subject::jsonb ? v_subject END;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_all := v_all + v_count;
        UPDATE kernel.audit_inbox AS e
        SET commitment = sha256(e.opening), opening = NULL
        WHERE e.opening IS NOT NULL
          AND e.app = p_app
          AND CASE WHEN e.shape_id = ANY (v_shared) THEN e.subject::jsonb ? v_subject END;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_all := v_all + v_count;
    END IF;
    RETURN v_all;
END;
$$;

COMMENT ON FUNCTION kernel.erase_audit(text, text) IS
'Forgets what the audit log could tell of a person''s values (app, user id): hashes of personal
columns and the random bytes in them; how many entries. What stays is that something changed, when
and by whom; seals still verify. Call it after the rows are gone, and VACUUM afterwards: until then
the bytes are on the disk. Waits for a batch that is being sealed.
Raises KR026 SubjectHeld, KR041 InvalidHold, KR045 IsolationTooStrict.';

GRANT EXECUTE ON FUNCTION kernel.erase_audit(text, text) TO strongroom_runner;
