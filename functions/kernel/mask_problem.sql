CREATE OR REPLACE FUNCTION kernel.mask_problem(
    p_relation regclass,
    p_column name,
    p_expression text
)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
    v_type text;
BEGIN
    SELECT format_type(a.atttypid, a.atttypmod)
    INTO v_type
    FROM pg_attribute AS a
    WHERE a.attrelid = p_relation AND a.attname = p_column;
    -- A generated column takes what a mask may be: an immutable expression of one row.
    EXECUTE format('CREATE TEMPORARY TABLE retention_probe (LIKE %s)', p_relation);
    EXECUTE format(
        'ALTER TABLE pg_temp.retention_probe'
        ' ADD COLUMN retention_probe %s GENERATED ALWAYS AS ((%s)) STORED',
        v_type, p_expression
    );
    DROP TABLE pg_temp.retention_probe;
    RETURN NULL;
EXCEPTION
    WHEN syntax_error_or_access_rule_violation OR feature_not_supported OR data_exception THEN
        RETURN format('Its mask is no immutable expression of a row: %s.', SQLERRM);
END;
$$;

COMMENT ON FUNCTION kernel.mask_problem(regclass, name, text) IS
'Why an expression can''t overwrite a column, as a sentence; NULL where it can.';
