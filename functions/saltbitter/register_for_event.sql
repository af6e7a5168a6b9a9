CREATE OR REPLACE FUNCTION saltbitter.register_for_event(
    p_event_id uuid,
    p_payment_id uuid DEFAULT NULL
)
RETURNS saltbitter.event_registrations
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_event saltbitter.events;
    v_registration saltbitter.event_registrations;
BEGIN
    -- The payment first, as a refund does, which gives a seat back. None is paid back meanwhile.
    PERFORM
    FROM saltbitter.payments AS p
    WHERE p.user_id = v_user_id AND p.id = p_payment_id
    FOR NO KEY UPDATE;
    -- Whoever wants a seat of this event waits here for those before.
    v_event := saltbitter.lock_event(p_event_id);
    SELECT r.*
    INTO v_registration
    FROM saltbitter.event_registrations AS r
    WHERE r.event_id = p_event_id AND r.user_id = v_user_id;
    IF v_registration.status <> 'canceled' THEN
        RETURN v_registration;
    END IF;
    IF v_event.canceled_at IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB044',
            MESSAGE = 'this event does not take place',
            DETAIL = 'It was canceled, and all seats were given back.',
            HINT = 'Choose one that list_events shows.';
    END IF;
    IF v_event.start_time <= now() THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB041',
            MESSAGE = 'this event has begun',
            DETAIL = 'Seats are taken and given back before an event begins.',
            HINT = 'Choose one that list_events shows.';
    END IF;
    IF v_event.seats_taken >= v_event.capacity THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB042',
            MESSAGE = 'every seat of this event is taken',
            DETAIL = 'Its capacity is what it is.',
            HINT = 'Try again when somebody gave a seat back.';
    END IF;
    PERFORM saltbitter.require_ticket(v_user_id, v_event, p_payment_id);
    INSERT INTO saltbitter.event_registrations AS r (user_id, event_id, payment_id)
    VALUES (v_user_id, p_event_id, p_payment_id)
    ON CONFLICT (event_id, user_id) DO UPDATE
    SET status = 'registered', payment_id = excluded.payment_id
    RETURNING r.* INTO v_registration;
    RETURN v_registration;
END;
$$;

COMMENT ON FUNCTION saltbitter.register_for_event(uuid, uuid) IS
'Takes a seat at an event for the current user, with the payment for it where it costs something;
who has one gets it told again. Raises SB040 UnknownEvent, SB041 EventBegun, SB042 EventFull, SB043
TicketNotPaid, SB044 EventCanceled, and TicketUsed of the key for a payment that paid for another seat.
@nonnull user_id, id, event_id, status, created_at, updated_at';

ALTER FUNCTION saltbitter.register_for_event(uuid, uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.register_for_event(uuid, uuid) TO saltbitter_app;
