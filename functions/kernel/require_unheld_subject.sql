CREATE OR REPLACE FUNCTION kernel.require_unheld_subject(p_app text, p_subject text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.lock_pins();
    IF kernel.is_subject_held(p_app, p_subject) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR026',
            MESSAGE = 'the person is held',
            DETAIL = 'A legal hold keeps all that there is of the person.',
            HINT = 'Release the hold first, or wait for its end.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_unheld_subject(text, text) IS
'Refuses to go on where a legal hold keeps a person (app, user id as PostgreSQL writes it), and keeps
new ones out until the transaction ends. For what destroys something of one person. Raises KR026
SubjectHeld, KR045 IsolationTooStrict.';
