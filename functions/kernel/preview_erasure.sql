CREATE OR REPLACE FUNCTION kernel.preview_erasure(p_app text, p_subject text)
RETURNS TABLE (
    relation text,
    action text,
    columns name[],
    kept_columns name[],
    reasons text[],
    row_count bigint,
    held_count bigint,
    problem text
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
BEGIN
    RETURN QUERY
    SELECT
        p.relation::text, p.action, p.columns, p.kept_columns, p.reasons, n.row_count,
        n.held_count, p.problem
    FROM kernel.erasure_plan(p_app) AS p
    JOIN kernel.erasure_pending(p_app, v_subject) AS n ON n.relation = p.relation
    ORDER BY p.position;
END;
$$;

COMMENT ON FUNCTION kernel.preview_erasure(text, text) IS
'What erasing a person would do now, table by table in order: delete rows, change columns, keep rows
and why; how many rows, and how many of them a legal hold keeps; what stands against it. Changes
nothing. Raises KR041 InvalidHold, KR110 UnknownApp.';

GRANT EXECUTE ON FUNCTION kernel.preview_erasure(text, text) TO strongroom_runner;
