CREATE OR REPLACE FUNCTION kernel.export_keys(p_app text, p_subject text)
RETURNS TABLE (
    id bigint,
    app text,
    subject text,
    purpose text,
    encryption_key_id text,
    fingerprint bytea,
    wrapped bytea
)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.id, k.app, k.subject, k.purpose, k.encryption_key_id, e.fingerprint, k.wrapped
    FROM kernel.subject_key AS k
    JOIN kernel.encryption_key AS e ON e.id = k.encryption_key_id
    WHERE k.app = p_app
      AND (k.subject = kernel.canonical_subject(p_app, p_subject) OR k.subject IS NULL)
    ORDER BY k.id
$$;

COMMENT ON FUNCTION kernel.export_keys(text, text) IS
'The data keys that open what an export shows of a person, wrapped by master keys that the database
does not have: the person''s and the app''s own. Raises KR041 InvalidHold.';

GRANT EXECUTE ON FUNCTION kernel.export_keys(text, text) TO strongroom_runner;
