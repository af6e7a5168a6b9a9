CREATE OR REPLACE FUNCTION kernel.audit_named_values(p_columns jsonb, p_old jsonb)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN (
    SELECT pg_catalog.jsonb_object_agg(c.name, p_old -> (c.position - 1)::integer)
    FROM pg_catalog.jsonb_array_elements_text(p_columns -> 'plain')
    WITH ORDINALITY AS c (name, position)
    WHERE p_old IS NOT NULL
);

COMMENT ON FUNCTION kernel.audit_named_values(jsonb, jsonb) IS
'The values of an entry of the audit log by the names of their columns; NULL where it has none.';
