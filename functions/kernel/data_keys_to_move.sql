CREATE OR REPLACE FUNCTION kernel.data_keys_to_move(
    p_app text, p_purpose text, p_is_live boolean, p_limit integer
)
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
    FROM kernel.encryption_key AS e
    JOIN kernel.subject_key AS k ON k.encryption_key_id = e.id
    WHERE e.app = p_app
      AND e.purpose = p_purpose
      AND e.kind = 'seal'
      AND e.state = 'retiring'
      AND k.closed_at IS NULL
      AND (k.replaced_at IS NULL OR NOT p_is_live)
    ORDER BY k.id
    LIMIT p_limit
$$;

COMMENT ON FUNCTION kernel.data_keys_to_move(text, text, boolean, integer) IS
'Data keys under master keys that are retiring: p_is_live, those that are not replaced yet; else all
under which rows can be written.';

GRANT EXECUTE ON FUNCTION kernel.data_keys_to_move(text, text, boolean, integer)
TO strongroom_runner;
