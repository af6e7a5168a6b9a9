CREATE OR REPLACE FUNCTION astroloh.tg_log_person()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO astroloh.security_logs (event_type, description, success)
        VALUES ('deletion', 'a person was deleted', true);
        RETURN NULL;
    END IF;
    IF num_nonnulls(
        nullif(NEW.encrypted_birth_date, OLD.encrypted_birth_date),
        nullif(NEW.encrypted_birth_time, OLD.encrypted_birth_time),
        nullif(NEW.encrypted_birth_location, OLD.encrypted_birth_location),
        nullif(NEW.encrypted_name, OLD.encrypted_name)
    ) > 0 THEN
        INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
        VALUES ('encryption', NEW.id, 'birth data or name were stored', true);
    END IF;
    IF OLD.encrypted_birth_date IS NOT NULL AND NEW.encrypted_birth_date IS NULL
        OR OLD.encrypted_birth_time IS NOT NULL AND NEW.encrypted_birth_time IS NULL
        OR OLD.encrypted_birth_location IS NOT NULL AND NEW.encrypted_birth_location IS NULL
        OR OLD.encrypted_name IS NOT NULL AND NEW.encrypted_name IS NULL
    THEN
        INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
        VALUES ('deletion', NEW.id, 'birth data or name were forgotten', true);
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_log_person() IS
'Writes into the security log that sealed data of a person was stored or forgotten, or that the person
was deleted; then not who it was.';

ALTER FUNCTION astroloh.tg_log_person() OWNER TO astroloh_definer;

CREATE OR REPLACE TRIGGER t70_log_deletion
AFTER DELETE ON astroloh.users
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_log_person();

COMMENT ON TRIGGER t70_log_deletion ON astroloh.users IS
'Every deletion is an event of security.';

CREATE OR REPLACE TRIGGER t70_log_encryption
AFTER UPDATE ON astroloh.users
FOR EACH ROW
WHEN (
    OLD.encrypted_birth_date IS DISTINCT FROM NEW.encrypted_birth_date
    OR OLD.encrypted_birth_time IS DISTINCT FROM NEW.encrypted_birth_time
    OR OLD.encrypted_birth_location IS DISTINCT FROM NEW.encrypted_birth_location
    OR OLD.encrypted_name IS DISTINCT FROM NEW.encrypted_name
)
EXECUTE FUNCTION astroloh.tg_log_person();

COMMENT ON TRIGGER t70_log_encryption ON astroloh.users IS
'Every encryption is an event of security.';
