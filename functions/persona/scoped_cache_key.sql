CREATE OR REPLACE FUNCTION persona.scoped_cache_key(p_cache_key text, p_user_id bigint)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_cache_key IS NULL OR p_cache_key !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB005',
            MESSAGE = 'this is no cache key',
            DETAIL = format('It has %s characters.', coalesce(length(p_cache_key)::text, 'no')),
            HINT = 'Make it of the request: its SHA-256 as 64 hexadecimal digits in small letters.';
    END IF;
    RETURN encode(
        sha256(convert_to(coalesce(p_user_id::text, 'everybody') || ':' || p_cache_key, 'UTF8')),
        'hex'
    );
END;
$$;

COMMENT ON FUNCTION persona.scoped_cache_key(text, bigint) IS
'The key of an answer in the table: of the program''s key and of the person whom it is for (NULL:
everybody). So nobody can store under a key that somebody else will look up. Raises LB005
UnfitCacheKey.
@nonnull';

GRANT EXECUTE ON FUNCTION persona.scoped_cache_key(text, bigint) TO persona_definer;
