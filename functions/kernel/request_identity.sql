CREATE OR REPLACE FUNCTION kernel.request_identity(OUT app text, OUT subject text)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT text := nullif(current_setting('kernel.user_id', true), '');
    -- Of the caller, also inside a definer function.
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
    app := nullif(current_setting('kernel.app', true), '');
    IF v_user_id IS NULL OR app IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR001',
            MESSAGE = 'no app or no user is set for this transaction',
            DETAIL = 'Setting "kernel.app" or "kernel.user_id" is empty.',
            HINT = 'Call through a session that carries the user.';
    END IF;
    IF NOT EXISTS (
        SELECT
        FROM pg_roles AS r
        WHERE r.rolname IN (app || '_app', app || '_worker') AND pg_has_role(v_role, r.oid, 'USAGE')
    ) THEN
        RAISE insufficient_privilege USING
            MESSAGE = format('role %I asks nothing for people of app %I', v_role, app),
            HINT = 'Set the app of the transaction to that of the role.';
    END IF;
    -- No table of the app is touched here, whose policies would ask.
    PERFORM kernel.is_serving();
    subject := kernel.canonical_subject(app, kernel.written_subject(app, v_user_id));
END;
$$;

COMMENT ON FUNCTION kernel.request_identity() IS
'The person whom this transaction acts for, as app and user id, if the role is one that serves the
people of that app; the id as the tables of the app write it, however the session does. Raises KR001
MissingIdentity, KR041 InvalidHold, KR100 CopyNotOpen, insufficient_privilege.';

GRANT EXECUTE ON FUNCTION kernel.request_identity() TO strongroom_definer;
