CREATE OR REPLACE FUNCTION saltbitter.cancel_event(p_event_id uuid)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_event CONSTANT saltbitter.events := saltbitter.lock_event(p_event_id);
    v_count bigint;
BEGIN
    UPDATE saltbitter.events AS e
    SET canceled_at = coalesce(e.canceled_at, now())
    WHERE e.id = v_event.id;
    UPDATE saltbitter.event_registrations AS r
    SET status = 'canceled'
    WHERE r.event_id = v_event.id AND r.status = 'registered';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION saltbitter.cancel_event(uuid) IS
'Says that an event does not take place: it is listed no more, nobody takes a seat, and all seats are
given back; how many these were. What was paid for them is refunded at the provider. Saying it twice
changes nothing. Raises SB040 UnknownEvent.
@nonnull';

ALTER FUNCTION saltbitter.cancel_event(uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.cancel_event(uuid) TO saltbitter_worker;
