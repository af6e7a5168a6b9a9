CREATE OR REPLACE FUNCTION kernel.app_audit(
    p_app text,
    p_since timestamptz,
    p_until timestamptz,
    p_subject text DEFAULT NULL,
    p_actor text DEFAULT NULL
)
RETURNS TABLE (
    id bigint,
    at timestamptz,
    relation text,
    operation text,
    key text,
    subject text,
    actor text,
    request_id text,
    details jsonb
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A plan of its own for each question: with a person or an actor, an index has the answer.
    RETURN QUERY EXECUTE concat(
        'SELECT l.id, l.at, l.relation, l.operation, l.key, l.subject, l.actor, l.request_id,'
        ' l.details FROM kernel.audit_log AS l WHERE l.app = $1 AND l.at >= $2 AND l.at < $3',
        CASE WHEN p_subject IS NOT NULL THEN ' AND l.subject = $4' END,
        CASE WHEN p_actor IS NOT NULL THEN ' AND l.actor = $5' END
    )
    USING p_app, p_since, p_until, p_subject, p_actor;
END;
$$;

COMMENT ON FUNCTION kernel.app_audit(text, timestamptz, timestamptz, text, text) IS
'Entries of the audit log of an app, from a moment to before another, of a person and of an actor where
they are named; under a seal alone, so the newest minute is missing. For functions of apps that show it
to who may see it: nobody may call it until an app grants it to its definer role.
@nonnull id, at, operation';

ALTER FUNCTION kernel.app_audit(text, timestamptz, timestamptz, text, text)
OWNER TO strongroom_definer;
