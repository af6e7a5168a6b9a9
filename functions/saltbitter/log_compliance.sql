CREATE OR REPLACE FUNCTION saltbitter.log_compliance(
    p_user_id uuid,
    p_action_type text,
    p_regulatory_framework text,
    p_details jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    INSERT INTO saltbitter.compliance_logs (
        user_id, action_type, regulatory_framework, details
    )
    VALUES (p_user_id, p_action_type, p_regulatory_framework, p_details);
END;
$$;

COMMENT ON FUNCTION saltbitter.log_compliance(uuid, text, text, jsonb) IS
'Appends an entry to the compliance log, with the rights of who calls.';

GRANT EXECUTE ON FUNCTION saltbitter.log_compliance(uuid, text, text, jsonb)
TO saltbitter_definer;
