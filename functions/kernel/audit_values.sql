CREATE OR REPLACE FUNCTION kernel.audit_values(p_relation regclass, p_columns jsonb)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- A function takes at most 100 arguments.
    SELECT coalesce(
        string_agg(format('jsonb_build_array(%s)', part.values), ' || ' ORDER BY part.number),
        'jsonb_build_array()'
    )
    FROM (
        SELECT
            (c.position - 1) / 100 AS number,
            string_agg(kernel.audit_value(p_relation, c.name, false), ', ' ORDER BY c.position)
        FROM jsonb_array_elements_text(p_columns -> 'plain') WITH ORDINALITY AS c (name, position)
        GROUP BY (c.position - 1) / 100
    ) AS part (number, values)
$$;

COMMENT ON FUNCTION kernel.audit_values(regclass, jsonb) IS
'An expression for the columns of audit_row whose values are kept, as one JSON array.';

GRANT EXECUTE ON FUNCTION kernel.audit_values(regclass, jsonb) TO strongroom_runner, pg_monitor;
