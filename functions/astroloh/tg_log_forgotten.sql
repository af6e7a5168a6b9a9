CREATE OR REPLACE FUNCTION astroloh.tg_log_forgotten()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Erasure and retention keep records of their own, and act for nobody.
    INSERT INTO astroloh.security_logs (event_type, user_id, description, success)
    SELECT DISTINCT 'deletion', g.user_id, 'a consultation was deleted', true
    FROM gone AS g
    JOIN astroloh.users AS u ON u.id = g.user_id
    WHERE g.user_id = kernel.user_uuid();
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_log_forgotten() IS
'Writes into the security log that a person deleted consultations: one event a statement.';

ALTER FUNCTION astroloh.tg_log_forgotten() OWNER TO astroloh_definer;

CREATE OR REPLACE TRIGGER t70_log_deletion
AFTER DELETE ON astroloh.horoscope_requests
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION astroloh.tg_log_forgotten();

COMMENT ON TRIGGER t70_log_deletion ON astroloh.horoscope_requests IS
'Every deletion is an event of security.';
