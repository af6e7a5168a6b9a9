CREATE OR REPLACE FUNCTION saltbitter.event_link(p_event_id uuid)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    RETURN (
        SELECT e.video_url
        FROM saltbitter.events AS e
        JOIN saltbitter.event_registrations AS r ON r.event_id = e.id
        WHERE e.id = p_event_id
          AND r.user_id = v_user_id
          AND r.status IN ('registered', 'attended')
    );
END;
$$;

COMMENT ON FUNCTION saltbitter.event_link(uuid) IS
'Where an event is held, for the current user if they have a seat; else NULL.';

ALTER FUNCTION saltbitter.event_link(uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.event_link(uuid) TO saltbitter_app;
