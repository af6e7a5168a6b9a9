CREATE OR REPLACE FUNCTION persona.find_answer(
    p_vendor persona.llm_vendor,
    p_scoped_key text,
    p_user_id bigint
)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RETURN (
        SELECT a.response_payload
        FROM persona.llm_cache AS a
        WHERE a.vendor = p_vendor
          AND a.cache_key = p_scoped_key
          AND a.user_id IS NOT DISTINCT FROM p_user_id
          -- The time of day, not that of the transaction: it may wait for others.
          AND (a.expires_at IS NULL OR a.expires_at > pg_catalog.clock_timestamp())
    );
END;
$$;

COMMENT ON FUNCTION persona.find_answer(persona.llm_vendor, text, bigint) IS
'The answer under a key of the table, for a person or (NULL) for everybody; NULL if there is none, or
none that is still good.';

GRANT EXECUTE ON FUNCTION persona.find_answer(persona.llm_vendor, text, bigint)
TO persona_definer;
