CREATE OR REPLACE FUNCTION persona.release_claim(
    p_vendor persona.llm_vendor,
    p_cache_key text,
    p_token uuid,
    p_is_private boolean DEFAULT true
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key CONSTANT text := persona.scoped_cache_key(
        p_cache_key, persona.cache_scope(p_is_private)
    );
    v_had_it CONSTANT boolean := persona.drop_claim(p_vendor, v_key, p_token);
BEGIN
    IF v_had_it THEN
        PERFORM pg_notify('persona_answers', p_vendor || ':' || v_key);
    END IF;
    RETURN v_had_it;
END;
$$;

COMMENT ON FUNCTION persona.release_claim(persona.llm_vendor, text, uuid, boolean) IS
'Gives a claim up, because the model gave no answer, so that somebody else may ask at once; false if
the token has the claim no more. Raises LB005 UnfitCacheKey.
@nonnull';

ALTER FUNCTION persona.release_claim(persona.llm_vendor, text, uuid, boolean)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.release_claim(persona.llm_vendor, text, uuid, boolean)
TO persona_app, persona_worker;
