CREATE OR REPLACE FUNCTION kernel.disable_audit(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_root CONSTANT regclass := coalesce(pg_partition_root(p_relation), p_relation);
    v_trigger record;
    v_function regprocedure;
BEGIN
    FOR v_trigger IN
        SELECT t.tgname, t.tgrelid::regclass AS relation, t.tgfoid, t.tgrelid = v_root AS is_root
        FROM pg_trigger AS t
        WHERE t.tgrelid IN (
            SELECT v_root
            UNION
            SELECT p.relid FROM pg_partition_tree(v_root) AS p
        )
          AND t.tgname IN (
              't50_audit_insert', 't50_audit_update', 't50_audit_delete', 't50_audit_truncate',
              't50_audit_key'
          )
          -- Those of rows go with the root's.
          AND t.tgparentid = 0
        ORDER BY t.tgrelid = v_root DESC, t.tgname
    LOOP
        IF v_trigger.is_root AND v_trigger.tgname = 't50_audit_update' THEN
            v_function := v_trigger.tgfoid::regprocedure;
        END IF;
        EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.tgname, v_trigger.relation);
    END LOOP;
    IF v_function IS NOT NULL THEN
        EXECUTE format('DROP FUNCTION %s', v_function);
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.disable_audit(regclass) IS
'Ends the auditing of a table; does nothing where there is none. What was written stays. Call it
before the table is dropped, for the trigger''s function does not go with it.';
