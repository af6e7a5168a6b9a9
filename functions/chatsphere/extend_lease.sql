CREATE OR REPLACE FUNCTION chatsphere.extend_lease(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_lease_id uuid,
    p_lease interval DEFAULT '5 minutes'
)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM chatsphere.lock_lease(p_user_id, p_chatbot_id, p_source_id, p_lease_id);
    IF p_lease IS NULL OR p_lease NOT BETWEEN interval '1 second' AND interval '1 day' THEN
        PERFORM chatsphere.refuse_claim();
    END IF;
    UPDATE chatsphere.training_jobs AS j
    SET available_at = now() + p_lease
    WHERE j.user_id = p_user_id AND j.chatbot_id = p_chatbot_id AND j.source_id = p_source_id;
    RETURN now() + p_lease;
END;
$$;

COMMENT ON FUNCTION chatsphere.extend_lease(uuid, uuid, uuid, uuid, interval) IS
'Keeps a source for the time of another lease, from now on; until when.
Raises SP007 CountOutOfRange, SP012 LeaseLost.
@nonnull';

ALTER FUNCTION chatsphere.extend_lease(uuid, uuid, uuid, uuid, interval)
OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.extend_lease(uuid, uuid, uuid, uuid, interval)
TO chatsphere_worker;
