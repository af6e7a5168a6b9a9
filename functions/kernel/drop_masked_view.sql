CREATE OR REPLACE FUNCTION kernel.drop_masked_view(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_root CONSTANT regclass := coalesce(pg_partition_root(p_relation), p_relation);
    v_view regclass;
BEGIN
    EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', v_root);
    v_view := kernel.masked_view_of(v_root);
    IF v_view IS NOT NULL THEN
        EXECUTE format('DROP VIEW %s', v_view);
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.drop_masked_view(regclass) IS
'Drops the masked view of a table, where there is one: before a column of the table is dropped or gets
another type, and in rollbacks. For the owner.';
