CREATE OR REPLACE FUNCTION persona.revoke_rights(p_user_id bigint)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_was_admin boolean;
BEGIN
    PERFORM persona.lock_managers();
    -- After the lock: who lost the right meanwhile takes none any more.
    PERFORM persona.require_right('manage_users');
    DELETE FROM persona.admin_users AS a WHERE a.user_id = p_user_id;
    v_was_admin := FOUND;
    PERFORM persona.require_manager();
    RETURN v_was_admin;
END;
$$;

COMMENT ON FUNCTION persona.revoke_rights(bigint) IS
'Takes all rights of an administrator; false if the person was none. Takes the right manage_users.
Raises LB001 RightMissing, LB003 LastManager.
@nonnull';

ALTER FUNCTION persona.revoke_rights(bigint) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.revoke_rights(bigint) TO persona_app;
