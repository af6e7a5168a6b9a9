CREATE OR REPLACE FUNCTION persona.usage_by_day(
    p_since date,
    p_until date
)
RETURNS TABLE (
    day date,
    vendor persona.llm_vendor,
    requests bigint,
    tokens bigint,
    people bigint
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
        d.day, d.vendor, sum(d.requests)::bigint, sum(d.tokens)::bigint, count(DISTINCT d.user_id)
    FROM persona.usage_days AS d
    WHERE d.day BETWEEN p_since AND p_until
    GROUP BY d.day, d.vendor
    ORDER BY d.day, d.vendor;
END;
$$;

COMMENT ON FUNCTION persona.usage_by_day(date, date) IS
'Use of each vendor by day (UTC), the bot''s own included, from a day to a day. Takes the right
view_stats. Raises LB001 RightMissing.
@nonnull';

ALTER FUNCTION persona.usage_by_day(date, date) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.usage_by_day(date, date) TO persona_app;
