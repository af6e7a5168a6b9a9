CREATE OR REPLACE FUNCTION persona.usage_by_vendor()
RETURNS TABLE (
    vendor persona.llm_vendor,
    total_requests bigint,
    total_tokens bigint,
    people bigint,
    last_request_at timestamptz
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.require_right('view_stats');
    RETURN QUERY
    SELECT
        t.vendor, sum(t.total_requests)::bigint, sum(t.total_tokens)::bigint,
        count(t.user_id), max(t.last_request_at)
    FROM persona.usage_stats AS t
    GROUP BY t.vendor
    ORDER BY t.vendor;
END;
$$;

COMMENT ON FUNCTION persona.usage_by_vendor() IS
'All that was ever asked of each vendor, by whomever. Takes the right view_stats. Raises LB001
RightMissing.
@nonnull vendor, total_requests, total_tokens, people';

ALTER FUNCTION persona.usage_by_vendor() OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.usage_by_vendor() TO persona_app;
