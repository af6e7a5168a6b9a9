CREATE OR REPLACE FUNCTION astroloh.find_user(p_platform astroloh.platform, p_platform_user_id text)
RETURNS SETOF uuid
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT i.user_id
    FROM astroloh.user_identities AS i
    WHERE i.platform = p_platform AND i.platform_user_id = p_platform_user_id;
END;
$$;

COMMENT ON FUNCTION astroloh.find_user(astroloh.platform, text) IS
'The id of the person who comes by this account of a platform; no row if there is none. Runs before
there is an identity, so it tells nothing but the id.
@nonnull';

ALTER FUNCTION astroloh.find_user(astroloh.platform, text) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.find_user(astroloh.platform, text)
TO astroloh_app, astroloh_worker;
