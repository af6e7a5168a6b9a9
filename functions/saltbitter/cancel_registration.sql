CREATE OR REPLACE FUNCTION saltbitter.cancel_registration(p_event_id uuid)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_event CONSTANT saltbitter.events := saltbitter.lock_event(p_event_id);
BEGIN
    IF v_event.start_time <= now() THEN
        RETURN false;
    END IF;
    UPDATE saltbitter.event_registrations AS r
    SET status = 'canceled'
    WHERE r.event_id = p_event_id AND r.user_id = v_user_id AND r.status = 'registered';
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION saltbitter.cancel_registration(uuid) IS
'Gives the seat of the current user back, before the event begins; false where there was none to
give back. A payment for it is refunded at the provider, or pays for the seat if it is taken again.
Raises SB040 UnknownEvent.
@nonnull';

ALTER FUNCTION saltbitter.cancel_registration(uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.cancel_registration(uuid) TO saltbitter_app;
