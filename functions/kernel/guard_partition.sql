CREATE OR REPLACE FUNCTION kernel.guard_partition(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_function regprocedure;
BEGIN
    SELECT t.tgfoid INTO v_function
    FROM pg_trigger AS t
    WHERE t.tgrelid = coalesce(pg_partition_root(p_relation), p_relation)
      AND t.tgname = 't20_guard_update';
    IF v_function IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t20_guard_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS'
        ' guard_new FOR EACH STATEMENT EXECUTE FUNCTION %s', p_relation, v_function
    );
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t20_guard_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS'
        ' guard_old NEW TABLE AS guard_new FOR EACH STATEMENT EXECUTE FUNCTION %s',
        p_relation, v_function
    );
END;
$$;

COMMENT ON FUNCTION kernel.guard_partition(regclass) IS
'Gives a partition the triggers of its guarded root, for statements that name it itself; does nothing
where the root is not guarded. Called for every new partition.';
