CREATE OR REPLACE FUNCTION persona.cache_scope(p_is_private boolean)
RETURNS bigint
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    -- Nobody said that everybody may have it.
    IF p_is_private IS DISTINCT FROM false THEN
        RETURN kernel.require_user_bigint();
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION persona.cache_scope(boolean) IS
'Whom an answer is for: the person of this transaction, or, where it is said not to be private, NULL
for everybody.';

GRANT EXECUTE ON FUNCTION persona.cache_scope(boolean) TO persona_definer;
