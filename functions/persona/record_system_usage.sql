CREATE OR REPLACE FUNCTION persona.record_system_usage(
    p_vendor persona.llm_vendor,
    p_tokens bigint DEFAULT 0,
    p_requests bigint DEFAULT 1
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.add_usage(NULL, p_vendor, p_requests, p_tokens);
END;
$$;

COMMENT ON FUNCTION persona.record_system_usage(persona.llm_vendor, bigint, bigint) IS
'Adds a request, or several, to the figures of the bot itself: what a job asked for nobody. Raises
LB009 UnfitUsage.';

ALTER FUNCTION persona.record_system_usage(persona.llm_vendor, bigint, bigint)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.record_system_usage(persona.llm_vendor, bigint, bigint)
TO persona_worker;
