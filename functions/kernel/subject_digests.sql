CREATE OR REPLACE FUNCTION kernel.subject_digests(p_app text, p_subject text)
RETURNS bytea[]
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN ARRAY[
    kernel.subject_digest(p_app, p_subject),
    -- Under a name that is not the app's, so that it is no other person's digest.
    kernel.subject_digest('~' || p_app, pg_catalog.lower(p_subject COLLATE "default"))
];

COMMENT ON FUNCTION kernel.subject_digests(text, text) IS
'All that a person (app, user id as PostgreSQL writes it) may be called in kernel.erased_subject: by the
id as it is written, and by the id in small letters, which stands there for apps that hold ids to be
equal whatever their case.';

GRANT EXECUTE ON FUNCTION kernel.subject_digests(text, text) TO strongroom_definer;
