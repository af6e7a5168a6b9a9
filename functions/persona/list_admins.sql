CREATE OR REPLACE FUNCTION persona.list_admins()
RETURNS TABLE (
    user_id bigint,
    can_manage_keys boolean,
    can_view_stats boolean,
    can_manage_users boolean,
    notes text,
    created_at timestamptz,
    updated_at timestamptz
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.require_right('manage_users');
    RETURN QUERY
    SELECT
        a.user_id, a.can_manage_keys, a.can_view_stats, a.can_manage_users, a.notes, a.created_at,
        a.updated_at
    FROM persona.admin_users AS a
    ORDER BY a.user_id;
END;
$$;

COMMENT ON FUNCTION persona.list_admins() IS
'Who has which rights. Takes the right manage_users. Raises LB001 RightMissing.
@nonnull user_id, can_manage_keys, can_view_stats, can_manage_users, created_at, updated_at';

ALTER FUNCTION persona.list_admins() OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.list_admins() TO persona_app;
