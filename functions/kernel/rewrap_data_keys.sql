CREATE OR REPLACE FUNCTION kernel.rewrap_data_keys(
    p_encryption_key_id text, p_ids bigint[], p_old bytea[], p_new bytea[]
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE kernel.subject_key AS k
    SET encryption_key_id = e.id, wrapped = n.new, wrapped_at = now()
    FROM unnest(p_ids, p_old, p_new) AS n (id, old, new), kernel.encryption_key AS e
    WHERE k.id = n.id
      AND k.wrapped = n.old
      AND e.id = p_encryption_key_id
      AND (e.app, e.purpose, e.state) = (k.app, k.purpose, 'active');
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.rewrap_data_keys(text, bigint[], bytea[], bytea[]) IS
'Puts data keys, wrapped anew by the active master key, in the place of what they were; how many. One
that changed or went meanwhile is left out.';

GRANT EXECUTE ON FUNCTION kernel.rewrap_data_keys(text, bigint[], bytea[], bytea[])
TO strongroom_runner;
