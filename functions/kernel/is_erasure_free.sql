CREATE OR REPLACE FUNCTION kernel.is_erasure_free(p_id uuid, p_app text, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF kernel.is_subject_held(p_app, p_subject) THEN
        RETURN false;
    ELSIF NOT EXISTS (
        SELECT FROM kernel.erasure_step AS s WHERE s.request_id = p_id AND s.state = 'held'
    )
    THEN
        RETURN true;
    END IF;
    RETURN NOT EXISTS (
        SELECT
        FROM kernel.erasure_pending(p_app, p_subject) AS p
        WHERE p.action <> 'keep' AND p.held_count > 0
    ) AND NOT (
        EXISTS (
            SELECT
            FROM kernel.erasure_step AS s
            WHERE s.request_id = p_id AND s.state = 'held' AND s.kind = 'audit'
        )
        AND kernel.is_audit_held(p_app, p_subject)
    );
END;
$$;

COMMENT ON FUNCTION kernel.is_erasure_free(uuid, text, text) IS
'Whether no legal hold is left that an erasure waits for: on the person, or on rows or
entries of the audit log that it found held.';
