CREATE OR REPLACE FUNCTION kernel.guard_sealed(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_root CONSTANT regclass := coalesce(pg_partition_root(p_relation), p_relation);
    v_shape CONSTANT jsonb := kernel.guard_shape(p_relation);
    v_problem CONSTANT text := kernel.guard_problem(p_relation);
    v_function text;
    v_partition regclass;
BEGIN
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR084',
            MESSAGE = format('%s can''t be guarded', v_root),
            DETAIL = v_problem,
            HINT = 'Mend the table or the tags of its columns, then call this again.';
    END IF;
    v_function := format('kernel.%I', replace(
        kernel.audit_function_name(v_shape ->> 'app', v_shape ->> 'relation'), 'tg_audit_', 'tg_seal_'
    ));
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', v_root);
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE'
        ' SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L',
        v_function, kernel.guard_source(v_shape)
    );
    EXECUTE format(
        'COMMENT ON FUNCTION %s() IS %L', v_function,
        E'Refuses sealed values under keys that are not for their rows. Made by kernel.guard_sealed;'
        || E' call that again after a change of columns.\n@guard ' || md5(v_shape::text)
    );
    EXECUTE format('ALTER FUNCTION %s() OWNER TO strongroom_definer', v_function);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t20_guard_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS'
        ' guard_new FOR EACH STATEMENT EXECUTE FUNCTION %s()', v_root, v_function
    );
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t20_guard_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS'
        ' guard_old NEW TABLE AS guard_new FOR EACH STATEMENT EXECUTE FUNCTION %s()',
        v_root, v_function
    );
    FOR v_partition IN
        SELECT p.relid FROM pg_partition_tree(v_root) AS p WHERE p.relid <> v_root
    LOOP
        PERFORM kernel.guard_partition(v_partition);
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.guard_sealed(regclass) IS
'Has every write to the sealed columns of a table, and to their blind indexes, checked: the data key is
there and belongs to this app, purpose and person, the index key is one of the app''s. For the owner, in
the table''s file and its migration. May be called again, and must be after a change of columns or tags.
A partition stands for its root. Raises KR084 UnfitSealedColumn.';
