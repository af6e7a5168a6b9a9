CREATE OR REPLACE FUNCTION kernel.lock_consent(p_app text, p_subject text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(
        kernel.lock_space('consent'), hashtext(concat_ws(' ', p_app, p_subject))
    );
END;
$$;

COMMENT ON FUNCTION kernel.lock_consent(text, text) IS
'Lets one transaction at a time say what a person agrees to, so that the newest event is the one that
was said last. Two people who share a lock by chance wait for each other, and nothing else.';

GRANT EXECUTE ON FUNCTION kernel.lock_consent(text, text) TO strongroom_definer;
