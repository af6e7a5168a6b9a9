CREATE OR REPLACE FUNCTION kernel.retention_preview(
    p_policy text DEFAULT NULL,
    p_now timestamptz DEFAULT pg_catalog.now()
)
RETURNS TABLE (
    policy text,
    table_name text,
    action text,
    row_count bigint,
    subject_count bigint,
    kept_count bigint,
    problem text
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_policy record;
BEGIN
    IF p_now IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a preview is of some moment',
            HINT = 'Leave p_now out.';
    END IF;
    IF p_policy IS NOT NULL THEN
        PERFORM kernel.require_retention_policy(p_policy);
    END IF;
    FOR v_policy IN
        SELECT p.name, p.relation, p.action, kernel.retention_problem(to_jsonb(p)) AS problem
        FROM kernel.retention_policy AS p
        WHERE p.name = p_policy OR p_policy IS NULL AND p.is_enabled
        ORDER BY p.name
    LOOP
        policy := v_policy.name;
        table_name := v_policy.relation;
        action := v_policy.action;
        problem := v_policy.problem;
        row_count := NULL;
        subject_count := NULL;
        kept_count := NULL;
        IF problem IS NULL THEN
            SELECT c.row_count, c.subject_count, c.kept_count
            INTO row_count, subject_count, kept_count
            FROM kernel.retention_counts(policy, p_now) AS c;
        END IF;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.retention_preview(text, timestamptz) IS
'What retention would do now, destroying nothing: a row for each policy that is enabled, or for the
one named. row_count: rows that would go. subject_count: people whose rows these are, NULL for a
table of nobody''s. kept_count: rows past their time that stay, being held, pinned or referred to.
problem: why it can''t be carried out. Figures only, nobody''s name. p_now may lie ahead.
Raises KR032 UnknownRetentionPolicy.';

GRANT EXECUTE ON FUNCTION kernel.retention_preview(text, timestamptz) TO strongroom_runner;
