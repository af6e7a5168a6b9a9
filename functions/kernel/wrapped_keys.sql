CREATE OR REPLACE FUNCTION kernel.wrapped_keys(p_ids bigint[])
RETURNS TABLE (
    id bigint, app text, subject text, purpose text, encryption_key_id text, fingerprint bytea,
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
    WHERE k.id = ANY (p_ids)
$$;

COMMENT ON FUNCTION kernel.wrapped_keys(bigint[]) IS
'The wrapped data keys with these numbers, of any app: for the export of what a person may ask for.
Without the master keys they open nothing.';

GRANT EXECUTE ON FUNCTION kernel.wrapped_keys(bigint[]) TO strongroom_runner;
