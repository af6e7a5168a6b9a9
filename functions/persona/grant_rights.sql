CREATE OR REPLACE FUNCTION persona.grant_rights(
    p_user_id bigint,
    p_can_manage_keys boolean DEFAULT false,
    p_can_view_stats boolean DEFAULT true,
    p_can_manage_users boolean DEFAULT false,
    p_notes text DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old persona.admin_users;
BEGIN
    PERFORM persona.lock_managers();
    -- After the lock: who lost the right meanwhile gives none any more.
    PERFORM persona.require_right('manage_users');
    PERFORM FROM persona.users AS u WHERE u.id = p_user_id FOR KEY SHARE;
    IF NOT FOUND THEN
        PERFORM persona.refuse_unknown_person(p_user_id);
    END IF;
    SELECT a.* INTO v_old FROM persona.admin_users AS a WHERE a.user_id = p_user_id;
    -- Nobody gives what he does not have; what the other had before is not given.
    IF p_can_manage_keys AND v_old.can_manage_keys IS NOT TRUE THEN
        PERFORM persona.require_right('manage_keys');
    END IF;
    IF p_can_view_stats AND v_old.can_view_stats IS NOT TRUE THEN
        PERFORM persona.require_right('view_stats');
    END IF;

    INSERT INTO persona.admin_users AS a (
        user_id, can_manage_keys, can_view_stats, can_manage_users, notes
    )
    VALUES (p_user_id, p_can_manage_keys, p_can_view_stats, p_can_manage_users, p_notes)
    ON CONFLICT (user_id) DO UPDATE
    SET can_manage_keys = excluded.can_manage_keys,
        can_view_stats = excluded.can_view_stats,
        can_manage_users = excluded.can_manage_users,
        notes = coalesce(excluded.notes, a.notes);
    PERFORM persona.require_manager();
END;
$$;

COMMENT ON FUNCTION persona.grant_rights(bigint, boolean, boolean, boolean, text) IS
'Makes a person an administrator with exactly these rights, or gives one these instead of what he
had. Notes of NULL leave those that there are. Takes the right manage_users, and each right that is
given anew.
Raises LB001 RightMissing, LB002 UnknownPerson, LB003 LastManager.';

ALTER FUNCTION persona.grant_rights(bigint, boolean, boolean, boolean, text)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.grant_rights(bigint, boolean, boolean, boolean, text)
TO persona_app;
