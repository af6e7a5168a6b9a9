CREATE OR REPLACE FUNCTION saltbitter.tg_give_seat_back()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The event before the registration, as whoever takes a seat or gives it back.
    PERFORM
    FROM saltbitter.events AS e
    WHERE e.id = (
        SELECT r.event_id
        FROM saltbitter.event_registrations AS r
        WHERE r.user_id = NEW.user_id AND r.payment_id = NEW.id
    )
    FOR NO KEY UPDATE;
    UPDATE saltbitter.event_registrations AS r
    SET status = 'canceled'
    WHERE r.user_id = NEW.user_id AND r.payment_id = NEW.id AND r.status = 'registered';
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_give_seat_back() IS
'Cancels the registration that a payment was for.';

ALTER FUNCTION saltbitter.tg_give_seat_back() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t30_give_seat_back
AFTER UPDATE OF status ON saltbitter.payments
FOR EACH ROW WHEN (NEW.status = 'refunded')
EXECUTE FUNCTION saltbitter.tg_give_seat_back();

COMMENT ON TRIGGER t30_give_seat_back ON saltbitter.payments IS
'Who gets all of the money back has no seat for it.';
