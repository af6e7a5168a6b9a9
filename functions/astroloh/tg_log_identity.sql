CREATE OR REPLACE FUNCTION astroloh.tg_log_identity()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
        VALUES ('identity_change', NEW.user_id, 'a platform was linked', true);
    -- Of a person who is erased nothing new is to be written.
    ELSIF OLD.user_id = kernel.user_uuid()
        AND EXISTS (SELECT FROM astroloh.users AS u WHERE u.id = OLD.user_id)
    THEN
        INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
        VALUES ('identity_change', OLD.user_id, 'a platform was unlinked', true);
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_log_identity() IS
'Writes into the security log that a person comes by another platform now, or by one less.';

ALTER FUNCTION astroloh.tg_log_identity() OWNER TO astroloh_definer;

CREATE OR REPLACE TRIGGER t70_log_change
AFTER INSERT OR DELETE ON astroloh.user_identities
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_log_identity();

COMMENT ON TRIGGER t70_log_change ON astroloh.user_identities IS
'Who may come as whom is an event of security.';
