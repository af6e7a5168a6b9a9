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
    v_is_table boolean;
BEGIN
    -- What was a partition once has the function of its root, and no trigger on keys of its own.
    SELECT
        min(t.tgfoid) FILTER (WHERE t.tgname = 't50_audit_update')::regprocedure,
        bool_or(t.tgname = 't50_audit_key')
    INTO v_function, v_is_table
    FROM pg_trigger AS t
    WHERE t.tgrelid = v_root;
    FOR v_trigger IN
        SELECT t.tgname, t.tgrelid::regclass AS relation
        FROM pg_trigger AS t
        WHERE t.tgrelid IN (
            SELECT v_root
            UNION
            SELECT p.relid FROM pg_partition_tree(v_root) AS p
            UNION
            SELECT left_over.tgrelid
            FROM pg_trigger AS left_over
            WHERE v_is_table AND left_over.tgfoid = v_function
        )
          AND t.tgname IN (
              't50_audit_insert', 't50_audit_update', 't50_audit_delete', 't50_audit_truncate',
              't50_audit_key'
          )
          -- Those of rows go with the root's.
          AND t.tgparentid = 0
        ORDER BY t.tgrelid = v_root DESC, t.tgname
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', v_trigger.tgname, v_trigger.relation);
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgfoid = v_function) AND v_function IS NOT NULL THEN
        EXECUTE format('DROP FUNCTION %s', v_function);
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.disable_audit(regclass) IS
'Ends the auditing of a table, and of what was detached from it; does nothing where there is none. Of
what was detached itself, it ends its auditing alone. What was written stays. Call it before the table
is dropped, for the trigger''s function does not go with it.';
