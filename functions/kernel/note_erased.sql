CREATE OR REPLACE FUNCTION kernel.note_erased(p_app text, p_subject text, p_erased_at timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO kernel.erased_subject AS e (app, digest, erased_at)
    SELECT p_app, d.digest, p_erased_at
    FROM unnest(kernel.subject_digests(p_app, p_subject)) WITH ORDINALITY AS d (digest, number)
    -- Whatever their case, only where that is no other person.
    WHERE d.number = 1 OR kernel.id_kind(p_app) = 'other'
    ON CONFLICT (app, digest) DO UPDATE SET erased_at = coalesce(e.erased_at, excluded.erased_at);
END;
$$;

COMMENT ON FUNCTION kernel.note_erased(text, text, timestamptz) IS
'Writes down that a person (app, user id) is being erased (p_erased_at NULL), or when that ended, for
kernel.refuse_erased(). Raises KR110 UnknownApp.';
