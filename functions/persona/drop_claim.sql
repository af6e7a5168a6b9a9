CREATE OR REPLACE FUNCTION persona.drop_claim(
    p_vendor persona.llm_vendor,
    p_scoped_key text,
    p_token uuid
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    DELETE FROM persona.llm_cache_claims AS c
    WHERE c.vendor = p_vendor AND c.cache_key = p_scoped_key AND c.token = p_token;
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION persona.drop_claim(persona.llm_vendor, text, uuid) IS
'Ends a claim; false if it was not this token''s any more.';

GRANT EXECUTE ON FUNCTION persona.drop_claim(persona.llm_vendor, text, uuid) TO persona_definer;
