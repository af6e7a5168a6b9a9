CREATE OR REPLACE FUNCTION kernel.readmit_subject(p_app text, p_subject text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
BEGIN
    DELETE FROM kernel.erased_subject AS e
    WHERE e.app = p_app
      AND e.digest = ANY (kernel.subject_digests(p_app, v_subject))
      AND e.erased_at IS NOT NULL;
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION kernel.readmit_subject(text, text) IS
'Lets a person (app, user id) who was erased write again, in an app that gives the same id to who comes
back; false for who was not kept out. Raises KR041 InvalidHold.';

GRANT EXECUTE ON FUNCTION kernel.readmit_subject(text, text) TO strongroom_runner;
