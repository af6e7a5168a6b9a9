CREATE OR REPLACE FUNCTION kernel.require_condition(
    p_app text,
    p_name text,
    p_relation regclass,
    p_where text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_table CONSTANT text := format('%I.%I', p_app, p_name || '_totals');
BEGIN
    -- An index takes such conditions only as depend on nothing but the row.
    EXECUTE format('CREATE TABLE %s (LIKE %s)', c_table, p_relation);
    EXECUTE format('CREATE INDEX ON %s ((1)) WHERE (%s)', c_table, p_where);
    EXECUTE format('DROP TABLE %s', c_table);
END;
$$;

COMMENT ON FUNCTION kernel.require_condition(text, text, regclass, text) IS
'Refuses a condition of a counter that is none, or depends on more than its row, with the error of an
index that has it.';
