CREATE OR REPLACE FUNCTION kernel.has_late_rows(p_id uuid, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_step record;
    v_found boolean;
BEGIN
    -- All of them before the first look: who writes now is waited for, and nobody begins.
    FOR v_step IN
        SELECT s.relation
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id AND s.action IN ('delete', 'change')
        ORDER BY s.id
    LOOP
        EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', v_step.relation);
    END LOOP;
    FOR v_step IN
        SELECT s.relation, s.condition, s.pending
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id AND s.action IN ('delete', 'change')
        ORDER BY s.id
    LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %s AS t WHERE (%s) AND %s)',
            v_step.relation, v_step.condition, v_step.pending
        ) INTO v_found USING p_subject;
        IF v_found THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END;
$$;

COMMENT ON FUNCTION kernel.has_late_rows(uuid, text) IS
'Whether a person has rows that should be gone, with writers of their tables kept out until the
transaction ends.';
