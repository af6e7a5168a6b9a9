CREATE OR REPLACE FUNCTION persona.list_pd_audit(
    p_since timestamptz,
    p_until timestamptz,
    p_actor_id bigint DEFAULT NULL,
    p_target_user_id bigint DEFAULT NULL,
    p_action text DEFAULT NULL,
    p_limit integer DEFAULT 100
)
RETURNS TABLE (
    id bigint,
    actor_id bigint,
    target_user_id bigint,
    action text,
    details jsonb,
    created_at timestamptz,
    request_id text
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.require_right('manage_users');
    RETURN QUERY
    SELECT
        e.id,
        substring(e.actor FROM '^admin:([0-9]{1,18})$')::bigint,
        substring(e.subject FROM '^[0-9]{1,18}$')::bigint,
        persona.audit_action(e.operation, e.relation, e.details),
        persona.audit_details(e.operation, e.relation, e.key, e.details),
        e.at,
        e.request_id
    FROM kernel.app_audit(
        'persona', p_since, p_until, p_target_user_id::text, 'admin:' || p_actor_id
    ) AS e
    WHERE p_action IS NULL
       OR p_action = persona.audit_action(e.operation, e.relation, e.details)
    ORDER BY e.at DESC, e.id DESC
    LIMIT greatest(p_limit, 0);
END;
$$;

COMMENT ON FUNCTION
persona.list_pd_audit(timestamptz, timestamptz, bigint, bigint, text, integer) IS
'The journal of operations with personal data from a moment to before another, the newest first: by
administrator, by person and by action where they are named. Entries of the last minute may be missing:
they are shown once they are under a seal. Takes the right manage_users. Raises LB001 RightMissing.
@nonnull id, action, details, created_at';

ALTER FUNCTION persona.list_pd_audit(timestamptz, timestamptz, bigint, bigint, text, integer)
OWNER TO persona_definer;
GRANT EXECUTE
ON FUNCTION persona.list_pd_audit(timestamptz, timestamptz, bigint, bigint, text, integer)
TO persona_app;
-- What it asks nobody else may.
GRANT EXECUTE ON FUNCTION kernel.app_audit(text, timestamptz, timestamptz, text, text)
TO persona_definer;
