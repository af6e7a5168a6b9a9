CREATE OR REPLACE FUNCTION kernel.replace_data_keys(
    p_encryption_key_id text, p_ids bigint[], p_wrapped bytea[]
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
    -- One that is being shredded is waited for, and then has no heir.
    WITH replaced AS (
        UPDATE kernel.subject_key AS k
        SET replaced_at = now()
        FROM kernel.encryption_key AS e
        WHERE k.id = ANY (p_ids)
          AND k.replaced_at IS NULL
          AND e.id = p_encryption_key_id
          AND (e.app, e.purpose, e.state) = (k.app, k.purpose, 'active')
        RETURNING k.id, k.app, k.subject, k.purpose
    )
    SELECT count(*) INTO v_count FROM replaced;
    INSERT INTO kernel.subject_key (app, subject, purpose, encryption_key_id, wrapped)
    SELECT k.app, k.subject, k.purpose, p_encryption_key_id, n.wrapped
    FROM unnest(p_ids, p_wrapped) AS n (id, wrapped)
    JOIN kernel.subject_key AS k ON k.id = n.id AND k.replaced_at IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.replace_data_keys(text, bigint[], bytea[]) IS
'Has other data keys, wrapped by the active master key, seal from now on in the place of these; how
many. Rows are under the old ones until they are sealed anew.';

GRANT EXECUTE ON FUNCTION kernel.replace_data_keys(text, bigint[], bytea[]) TO strongroom_runner;
