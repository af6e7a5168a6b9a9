CREATE OR REPLACE FUNCTION kernel.is_subject_pinned(p_app text, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN num_nulls(p_app, p_subject) > 0 OR EXISTS (
        SELECT
        FROM kernel.pinned_subject AS p
        WHERE p.app = p_app AND p.subject = p_subject
    );
END;
$$;

COMMENT ON FUNCTION kernel.is_subject_pinned(text, text) IS
'Whether something keeps the rows of this person of this app from being destroyed now; true of
nobody in particular (NULL).';

GRANT EXECUTE ON FUNCTION kernel.is_subject_pinned(text, text) TO strongroom_runner;
