CREATE OR REPLACE FUNCTION kernel.audit_partition(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_function regprocedure;
    v_event record;
BEGIN
    SELECT t.tgfoid::regprocedure
    INTO v_function
    FROM pg_trigger AS t
    WHERE t.tgrelid = coalesce(pg_partition_root(p_relation), p_relation)
      AND t.tgname = 't50_audit_update';
    IF v_function IS NULL THEN
        RETURN;
    END IF;
    FOR v_event IN
        SELECT e.name, e.verb, e.clause
        FROM (
            VALUES
                ('insert', 'AFTER INSERT', 'REFERENCING NEW TABLE AS audit_new'),
                ('update', 'AFTER UPDATE', 'REFERENCING OLD TABLE AS audit_old'),
                ('delete', 'AFTER DELETE', 'REFERENCING OLD TABLE AS audit_old')
        ) AS e (name, verb, clause)
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER %I %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s',
            't50_audit_' || v_event.name, v_event.verb, p_relation, v_event.clause, v_function
        );
    END LOOP;
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t50_audit_truncate BEFORE TRUNCATE ON %s'
        ' FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_refuse_audited_truncate()', p_relation
    );
END;
$$;

COMMENT ON FUNCTION kernel.audit_partition(regclass) IS
'Gives a partition the statement triggers of its audited root, for statements that name it itself;
does nothing where the root is not audited. Called for every new partition.';
