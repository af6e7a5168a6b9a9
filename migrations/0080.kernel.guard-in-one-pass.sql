-- Have the guards of sealed columns ask for each key once, in one pass over the rows of a statement.
-- depends: 0072.kernel.find-unreached-at-once
-- locks: SHARE ROW EXCLUSIVE on every table with sealed columns, one after the other until the end

-- Their functions are made from the tags; those of tables that come later are made so at once.
DO $$
DECLARE
    v_relation regclass;
BEGIN
    FOR v_relation IN
        SELECT t.tgrelid
        FROM pg_catalog.pg_trigger AS t
        JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        WHERE t.tgname = 't20_guard_update' AND NOT c.relispartition
        ORDER BY t.tgrelid
    LOOP
        PERFORM kernel.guard_sealed(v_relation);
    END LOOP;
END;
$$;
