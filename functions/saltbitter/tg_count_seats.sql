CREATE OR REPLACE FUNCTION saltbitter.tg_count_seats()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_event_id uuid;
    v_step integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        v_event_id := OLD.event_id;
        v_step := v_step - CASE WHEN OLD.status = 'canceled' THEN 0 ELSE 1 END;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        v_event_id := NEW.event_id;
        v_step := v_step + CASE WHEN NEW.status = 'canceled' THEN 0 ELSE 1 END;
    END IF;
    -- events_seats_check refuses what is too many, however the row came.
    UPDATE saltbitter.events AS e
    SET seats_taken = e.seats_taken + v_step
    WHERE e.id = v_event_id AND v_step <> 0;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_count_seats() IS
'Counts the seats of an event that are taken, with every registration that comes, changes or goes.';

ALTER FUNCTION saltbitter.tg_count_seats() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t20_count_seats
AFTER INSERT OR UPDATE OF status OR DELETE ON saltbitter.event_registrations
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_count_seats();

COMMENT ON TRIGGER t20_count_seats ON saltbitter.event_registrations IS
'The last seat is taken once, whoever writes the row.';
