CREATE OR REPLACE FUNCTION persona.lock_managers()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM FROM persona.admin_users AS a
    WHERE a.can_manage_users
    ORDER BY a.user_id
    FOR UPDATE;
END;
$$;

COMMENT ON FUNCTION persona.lock_managers() IS
'Makes every other change of rights wait until the end of the transaction.';

GRANT EXECUTE ON FUNCTION persona.lock_managers() TO persona_definer;
