CREATE OR REPLACE FUNCTION astroloh.tg_log_requests()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
    SELECT DISTINCT
        'encryption', r.user_id, 'the day or the partner of a consultation was stored', true
    FROM added AS r
    WHERE r.encrypted_target_date IS NOT NULL OR r.encrypted_partner_data IS NOT NULL;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_log_requests() IS
'Writes into the security log that sealed data of a consultation was stored: one event a statement
and person.';

ALTER FUNCTION astroloh.tg_log_requests() OWNER TO astroloh_definer;

CREATE OR REPLACE TRIGGER t70_log_encryption
AFTER INSERT ON astroloh.horoscope_requests
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION astroloh.tg_log_requests();

COMMENT ON TRIGGER t70_log_encryption ON astroloh.horoscope_requests IS
'Every encryption is an event of security.';
