CREATE OR REPLACE FUNCTION saltbitter.lock_event(p_event_id uuid)
RETURNS saltbitter.events
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_event saltbitter.events;
BEGIN
    SELECT e.* INTO v_event FROM saltbitter.events AS e WHERE e.id = p_event_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB040',
            MESSAGE = 'there is no such event',
            DETAIL = 'No event has this id.',
            HINT = 'Take the id from list_events.';
    END IF;
    RETURN v_event;
END;
$$;

COMMENT ON FUNCTION saltbitter.lock_event(uuid) IS
'An event, locked until the end of the transaction; raises SB040 UnknownEvent.';

GRANT EXECUTE ON FUNCTION saltbitter.lock_event(uuid) TO saltbitter_definer;
