CREATE OR REPLACE FUNCTION astroloh.tg_log_session()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO astroloh.security_logs (event_type, user_id, session_id, description, success)
    VALUES ('logout', NEW.user_id, NEW.id, 'a dialog was ended', true);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_log_session() IS
'Writes into the security log that a person ended a dialog.';

ALTER FUNCTION astroloh.tg_log_session() OWNER TO astroloh_definer;

CREATE OR REPLACE TRIGGER t70_log_end
AFTER UPDATE OF is_active ON astroloh.user_sessions
FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
EXECUTE FUNCTION astroloh.tg_log_session();

COMMENT ON TRIGGER t70_log_end ON astroloh.user_sessions IS
'Who leaves is an event of security, as who comes is.';
