CREATE OR REPLACE FUNCTION persona.usage_of(p_user_id bigint)
RETURNS TABLE (
    vendor persona.llm_vendor,
    total_requests bigint,
    total_tokens bigint,
    last_request_at timestamptz
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
ROWS 3
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.require_right('view_stats');
    IF NOT EXISTS (SELECT FROM persona.users AS u WHERE u.id = p_user_id) THEN
        PERFORM persona.refuse_unknown_person(p_user_id);
    END IF;
    PERFORM kernel.log_access(
        p_user_id::text, 'view_usage',
        '{usage_stats.vendor, usage_stats.total_requests, usage_stats.total_tokens,
        usage_stats.last_request_at}',
        'persona'
    );
    RETURN QUERY
    SELECT t.vendor, t.total_requests, t.total_tokens, t.last_request_at
    FROM persona.usage_stats AS t
    WHERE t.user_id = p_user_id
    ORDER BY t.vendor;
END;
$$;

COMMENT ON FUNCTION persona.usage_of(bigint) IS
'What one person had asked of each vendor; that it was looked at is written into the audit log. Takes
the right view_stats. Raises LB001 RightMissing, LB002 UnknownPerson.
@nonnull vendor, total_requests, total_tokens';

ALTER FUNCTION persona.usage_of(bigint) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.usage_of(bigint) TO persona_app;
