CREATE OR REPLACE FUNCTION kernel.subject_digest(p_app text, p_subject text)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN pg_catalog.sha256(pg_catalog.convert_to(p_app || E'\n' || p_subject, 'UTF8'));

COMMENT ON FUNCTION kernel.subject_digest(text, text) IS
'What a person (app, user id as PostgreSQL writes it) is called in kernel.erased_subject: no search for
the id finds it, but who guesses the id can tell.';

GRANT EXECUTE ON FUNCTION kernel.subject_digest(text, text) TO strongroom_definer;
