CREATE OR REPLACE FUNCTION persona.tg_derive_is_admin()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    NEW.is_admin := EXISTS (SELECT FROM persona.admin_users AS a WHERE a.user_id = NEW.id);
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION persona.tg_derive_is_admin() IS
'BEFORE INSERT OR UPDATE OF is_admin on people: the flag is what persona.admin_users says, whatever
the statement does.';

CREATE OR REPLACE TRIGGER t10_derive_is_admin
BEFORE INSERT OR UPDATE OF is_admin ON persona.users
FOR EACH ROW EXECUTE FUNCTION persona.tg_derive_is_admin();

COMMENT ON TRIGGER t10_derive_is_admin ON persona.users IS
'The quick flag can''t disagree with the rights.';
