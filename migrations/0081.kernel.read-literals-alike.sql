-- Have audit triggers and guards of sealed columns work under standard_conforming_strings = off.
-- depends: 0080.kernel.guard-in-one-pass
-- locks: SHARE ROW EXCLUSIVE on every audited table and every table with sealed columns, until the end

-- Their functions are made from the tags; those of tables that come later are made so at once.
DO $$
DECLARE
    v_trigger record;
BEGIN
    FOR v_trigger IN
        SELECT t.tgrelid::regclass AS relation, t.tgname AS name
        FROM pg_catalog.pg_trigger AS t
        JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        WHERE t.tgname IN ('t50_audit_update', 't20_guard_update') AND NOT c.relispartition
        ORDER BY t.tgrelid, t.tgname
    LOOP
        IF v_trigger.name = 't50_audit_update' THEN
            PERFORM kernel.enable_audit(v_trigger.relation);
        ELSE
            PERFORM kernel.guard_sealed(v_trigger.relation);
        END IF;
    END LOOP;
END;
$$;
