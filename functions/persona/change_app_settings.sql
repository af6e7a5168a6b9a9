CREATE OR REPLACE FUNCTION persona.change_app_settings(
    p_active_llm_vendor persona.llm_vendor,
    p_llm_config jsonb,
    p_cache_ttl interval,
    p_private_cache_ttl interval
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.require_right('manage_keys');
    UPDATE persona.app_settings AS s
    SET active_llm_vendor = p_active_llm_vendor,
        llm_config = p_llm_config,
        cache_ttl = p_cache_ttl,
        private_cache_ttl = p_private_cache_ttl
    WHERE s.id = 1;
END;
$$;

COMMENT ON FUNCTION persona.change_app_settings(persona.llm_vendor, jsonb, interval, interval) IS
'Sets what the whole bot goes by; answers that are cached already keep the end that they have. Takes
the right manage_keys. Raises LB001 RightMissing.';

ALTER FUNCTION persona.change_app_settings(persona.llm_vendor, jsonb, interval, interval)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.change_app_settings(persona.llm_vendor, jsonb, interval, interval)
TO persona_app;
