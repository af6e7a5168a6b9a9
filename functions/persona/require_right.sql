CREATE OR REPLACE FUNCTION persona.require_right(p_right text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
    v_has boolean;
BEGIN
    SELECT
        CASE p_right
            WHEN 'manage_keys' THEN a.can_manage_keys
            WHEN 'view_stats' THEN a.can_view_stats
            WHEN 'manage_users' THEN a.can_manage_users
        END
    INTO v_has
    FROM persona.admin_users AS a
    WHERE a.user_id = v_user_id;
    IF v_has IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB001',
            MESSAGE = 'this takes a right that the person does not have',
            DETAIL = format('The right is %s.', coalesce(quote_ident(p_right), 'NULL')),
            HINT = 'Ask an administrator who may manage users.';
    END IF;
    -- Who acts is who was checked, not what the program calls itself: the audit log is proof of it.
    PERFORM set_config('kernel.actor', 'admin:' || v_user_id, true);
    RETURN v_user_id;
END;
$$;

COMMENT ON FUNCTION persona.require_right(text) IS
'The administrator whom this transaction acts for, if he has the right: manage_keys, view_stats or
manage_users. From here on the audit log names him, as admin:ID, until the transaction ends. Every
function that takes a right asks here. Raises LB001 RightMissing.
@nonnull';

ALTER FUNCTION persona.require_right(text) OWNER TO persona_definer;
-- For what a worker does in the name of an administrator.
GRANT EXECUTE ON FUNCTION persona.require_right(text) TO persona_worker;
