CREATE OR REPLACE FUNCTION kernel.audit_named_hashes(p_columns jsonb, p_opening bytea)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN (
    SELECT pg_catalog.jsonb_object_agg(
        c.name, pg_catalog.encode(substring(p_opening FROM (16 * c.position + 1)::integer FOR 16), 'hex')
    )
    FROM pg_catalog.jsonb_array_elements_text(p_columns -> 'personal')
    WITH ORDINALITY AS c (name, position)
    WHERE p_opening IS NOT NULL
);

COMMENT ON FUNCTION kernel.audit_named_hashes(jsonb, bytea) IS
'The hashes of an entry''s personal values by the names of their columns; NULL where they are erased.';
