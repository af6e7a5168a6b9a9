CREATE OR REPLACE FUNCTION kernel.stored_key(p_parent regclass)
RETURNS numeric
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_last numrange;
    v_highest numeric;
BEGIN
    v_last := kernel.last_span(p_parent);
    v_highest := kernel.highest_key(p_parent);
    RETURN CASE WHEN v_highest <@ v_last THEN v_highest ELSE coalesce(lower(v_last), 0) END;
EXCEPTION
    -- Other tables' partitions would wait as well.
    WHEN lock_not_available THEN
        RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.stored_key(regclass) IS
'The highest key of a table partitioned by a bigint, for what goes by how far behind it lies: a
sequence that was set far ahead is no reason to destroy anything before rows are there. NULL where
somebody has a partition to himself: then nothing is past its time.';
