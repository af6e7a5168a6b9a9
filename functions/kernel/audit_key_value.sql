CREATE OR REPLACE FUNCTION kernel.audit_key_value(p_relation regclass, p_columns jsonb)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE count(*)
        WHEN 0 THEN 'NULL::text'
        WHEN 1 THEN min(kernel.audit_value(p_relation, c.name, true))
        ELSE format(
            'jsonb_build_array(%s)::text',
            string_agg(kernel.audit_value(p_relation, c.name, true), ', ' ORDER BY c.position)
        )
    END
    FROM jsonb_array_elements_text(p_columns) WITH ORDINALITY AS c (name, position)
$$;

COMMENT ON FUNCTION kernel.audit_key_value(regclass, jsonb) IS
'An expression for some columns of audit_row as one text: the value of one, a JSON array of several.';

GRANT EXECUTE ON FUNCTION kernel.audit_key_value(regclass, jsonb) TO strongroom_runner, pg_monitor;
