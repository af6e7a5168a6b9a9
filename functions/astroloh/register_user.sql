CREATE OR REPLACE FUNCTION astroloh.register_user(
    p_platform astroloh.platform,
    p_platform_user_id text
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid := (SELECT f.id FROM astroloh.find_user(p_platform, p_platform_user_id) AS f (id));
BEGIN
    IF v_id IS NOT NULL THEN
        RETURN v_id;
    END IF;
    -- A twin that is quicker takes the account; then this person was nobody, and goes again.
    BEGIN
        INSERT INTO astroloh.users DEFAULT VALUES RETURNING id INTO v_id;
        INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
        VALUES (v_id, p_platform, p_platform_user_id);
        RETURN v_id;
    EXCEPTION
        WHEN unique_violation THEN
            SELECT f.id
            INTO STRICT v_id
            FROM astroloh.find_user(p_platform, p_platform_user_id) AS f (id);
            RETURN v_id;
    END;
END;
$$;

COMMENT ON FUNCTION astroloh.register_user(astroloh.platform, text) IS
'The id of the person who comes by this account of a platform, registered if new. Runs before there
is an identity, so it tells nothing but the id.
@nonnull';

ALTER FUNCTION astroloh.register_user(astroloh.platform, text) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.register_user(astroloh.platform, text)
TO astroloh_app, astroloh_worker;
