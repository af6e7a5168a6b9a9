CREATE OR REPLACE FUNCTION astroloh.unlink_identity(p_platform astroloh.platform)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    -- Two calls at once must not take the last two away, each counting on the other's.
    PERFORM FROM astroloh.users AS u WHERE u.id = v_user FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT
        FROM astroloh.user_identities AS i
        WHERE i.user_id = v_user AND i.platform <> p_platform
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'ZD001',
            MESSAGE = 'the only way to this person can''t be taken away',
            DETAIL = pg_catalog.format('There is no platform but %s.', p_platform),
            HINT = 'Link another platform first; who wants to leave asks for erasure.';
    END IF;
    DELETE FROM astroloh.user_identities AS i
    WHERE i.user_id = v_user AND i.platform = p_platform;
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION astroloh.unlink_identity(astroloh.platform) IS
'Lets the current user come by a platform no more; whether they did. Raises ZD001 LastIdentity,
KR001 MissingIdentity.
@nonnull';

ALTER FUNCTION astroloh.unlink_identity(astroloh.platform) OWNER TO astroloh_definer;
GRANT EXECUTE ON FUNCTION astroloh.unlink_identity(astroloh.platform) TO astroloh_app;
