CREATE OR REPLACE FUNCTION kernel.require_user_uuid()
RETURNS uuid
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
DECLARE
    v_user CONSTANT uuid := kernel.user_uuid();
BEGIN
    IF v_user IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR001',
            MESSAGE = 'no user is set for this transaction',
            DETAIL = 'Setting "kernel.user_id" is empty or was never set in this transaction.',
            HINT = 'Call through a session that carries the user, or SET LOCAL kernel.user_id.';
    END IF;
    RETURN v_user;
END;
$$;

COMMENT ON FUNCTION kernel.require_user_uuid() IS
'The user whom this transaction acts for; raises KR001 MissingIdentity without one. For functions
that would otherwise act for nobody in silence.';

GRANT EXECUTE ON FUNCTION kernel.require_user_uuid() TO strongroom_client;
