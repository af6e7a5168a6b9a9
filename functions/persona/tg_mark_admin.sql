CREATE OR REPLACE FUNCTION persona.tg_mark_admin()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- The trigger of the other table works the flag out.
    UPDATE persona.users AS u
    SET is_admin = (TG_OP = 'INSERT')
    WHERE u.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.user_id ELSE OLD.user_id END;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION persona.tg_mark_admin() IS
'AFTER INSERT OR DELETE on administrators: has the quick flag of the person follow.';

CREATE OR REPLACE TRIGGER t40_mark_admin
AFTER INSERT OR DELETE ON persona.admin_users
FOR EACH ROW EXECUTE FUNCTION persona.tg_mark_admin();

COMMENT ON TRIGGER t40_mark_admin ON persona.admin_users IS
'users.is_admin follows.';
