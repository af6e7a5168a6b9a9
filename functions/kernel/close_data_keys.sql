CREATE OR REPLACE FUNCTION kernel.close_data_keys(p_app text, p_purpose text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_left bigint;
BEGIN
    -- What a transaction has just written under stays for the next call.
    UPDATE kernel.subject_key AS k
    SET closed_at = now()
    WHERE k.id IN (
        SELECT o.id
        FROM kernel.subject_key AS o
        WHERE o.app = p_app
          AND o.purpose = p_purpose
          AND o.replaced_at IS NOT NULL
          AND o.closed_at IS NULL
        ORDER BY o.id
        FOR UPDATE SKIP LOCKED
    );
    SELECT count(*) INTO v_left
    FROM kernel.subject_key AS k
    WHERE k.app = p_app AND k.purpose = p_purpose
      AND k.replaced_at IS NOT NULL AND k.closed_at IS NULL;
    RETURN v_left;
END;
$$;

COMMENT ON FUNCTION kernel.close_data_keys(text, text) IS
'Lets no more be written under data keys that were replaced, and returns how many are left because a
transaction has just used them.';

GRANT EXECUTE ON FUNCTION kernel.close_data_keys(text, text) TO strongroom_runner;
