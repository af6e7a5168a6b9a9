CREATE OR REPLACE FUNCTION persona.audit_action(
    p_operation text,
    p_relation text,
    p_details jsonb
)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_operation = 'ACCESS' THEN p_details ->> 'action'
    ELSE pg_catalog.concat(
        CASE p_operation WHEN 'INSERT' THEN 'create' WHEN 'UPDATE' THEN 'update' ELSE 'delete' END,
        '_',
        CASE p_relation
            WHEN 'users' THEN 'profile'
            WHEN 'user_settings' THEN 'settings'
            WHEN 'admin_users' THEN 'rights'
            ELSE p_relation
        END
    )
END;

COMMENT ON FUNCTION persona.audit_action(text, text, jsonb) IS
'What an entry of the audit log is called in the journal of this app: the action of a reading, else
create_, update_ or delete_ with what it was.';

GRANT EXECUTE ON FUNCTION persona.audit_action(text, text, jsonb)
TO strongroom_auditor, persona_definer;
