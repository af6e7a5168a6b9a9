CREATE OR REPLACE FUNCTION chatsphere.complete_source(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_lease_id uuid
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM chatsphere.lock_lease(p_user_id, p_chatbot_id, p_source_id, p_lease_id);
    PERFORM chatsphere.end_training_job(p_user_id, p_chatbot_id, p_source_id, 'completed', NULL);
END;
$$;

COMMENT ON FUNCTION chatsphere.complete_source(uuid, uuid, uuid, uuid) IS
'Says that a source is learned; it leaves the queue. Raises SP012 LeaseLost.';

ALTER FUNCTION chatsphere.complete_source(uuid, uuid, uuid, uuid) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.complete_source(uuid, uuid, uuid, uuid) TO chatsphere_worker;
