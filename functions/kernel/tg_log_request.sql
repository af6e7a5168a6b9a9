CREATE OR REPLACE FUNCTION kernel.tg_log_request()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.state IS DISTINCT FROM OLD.state THEN
        INSERT INTO kernel.subject_request_event (request_id, from_state, to_state, actor, reason)
        VALUES (
            NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state,
            -- The actor of an app's transaction may be the person by name.
            CASE
                WHEN current_user = 'strongroom_definer' THEN 'person'
                ELSE coalesce(nullif(current_setting('kernel.actor', true), ''), session_user)
            END,
            NEW.state_reason
        );
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.tg_log_request() IS
'AFTER INSERT OR UPDATE on kernel.subject_request: writes the step down, as it is in the transaction
that takes it.';
