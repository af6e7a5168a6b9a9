CREATE OR REPLACE FUNCTION kernel.is_subject_held(p_app text, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN num_nulls(p_app, p_subject) > 0 OR EXISTS (
        SELECT
        FROM kernel.held_subject AS h
        WHERE h.app = p_app AND h.subject = p_subject
    );
END;
$$;

COMMENT ON FUNCTION kernel.is_subject_held(text, text) IS
'Whether a legal hold keeps all rows of this person of this app; true of nobody in particular
(NULL).';

GRANT EXECUTE ON FUNCTION kernel.is_subject_held(text, text) TO strongroom_runner;
