CREATE OR REPLACE FUNCTION kernel.stored_key(p_parent regclass)
RETURNS numeric
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_highest CONSTANT numeric := kernel.highest_key(p_parent);
    v_last CONSTANT numrange := kernel.last_span(p_parent);
BEGIN
    RETURN CASE WHEN v_highest <@ v_last THEN v_highest ELSE coalesce(lower(v_last), 0) END;
END;
$$;

COMMENT ON FUNCTION kernel.stored_key(regclass) IS
'The highest key of a table partitioned by a bigint, for what goes by how far behind it lies: a
sequence that was set far ahead is no reason to destroy anything before rows are there.';
