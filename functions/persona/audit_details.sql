CREATE OR REPLACE FUNCTION persona.audit_details(
    p_operation text,
    p_relation text,
    p_key text,
    p_details jsonb
)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_operation = 'ACCESS' THEN p_details - 'action'
    ELSE pg_catalog.jsonb_build_object('table', p_relation, 'key', p_key)
END;

COMMENT ON FUNCTION persona.audit_details(text, text, text, jsonb) IS
'What an entry of the audit log tells in the journal of this app: the columns that were seen or
changed, else table and key of the row.';

GRANT EXECUTE ON FUNCTION persona.audit_details(text, text, text, jsonb)
TO strongroom_auditor, persona_definer;
