CREATE OR REPLACE FUNCTION kernel.audit_opening_value(
    p_relation regclass, p_columns jsonb, p_salt text
)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Few calls: each is looked up in every statement that is audited.
    SELECT string_agg(
        format(
            'coalesce(substring(sha256(%s || convert_to(%s, ''UTF8'')) FOR 16),'
            ' decode(''00000000000000000000000000000000'', ''hex''))',
            p_salt, kernel.audit_value(p_relation, c.name, true)
        ),
        E'\n            || ' ORDER BY c.position
    )
    FROM jsonb_array_elements_text(p_columns -> 'personal') WITH ORDINALITY AS c (name, position)
$$;

COMMENT ON FUNCTION kernel.audit_opening_value(regclass, jsonb, text) IS
'An expression for the keyed hashes of the personal columns of audit_row, 16 bytes each; NULL where
there are none. p_salt is the expression of what they are keyed by.';

GRANT EXECUTE ON FUNCTION kernel.audit_opening_value(regclass, jsonb, text)
TO strongroom_runner, pg_monitor;
