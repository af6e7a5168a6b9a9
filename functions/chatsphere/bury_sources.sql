CREATE OR REPLACE FUNCTION chatsphere.bury_sources()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    WITH dead AS (
        SELECT j.user_id, j.chatbot_id, j.source_id
        FROM chatsphere.training_jobs AS j
        WHERE j.available_at <= now() AND j.attempts >= 5
        ORDER BY j.available_at
        LIMIT 1000
        FOR UPDATE SKIP LOCKED
    ),
    buried AS (
        DELETE FROM chatsphere.training_jobs AS j
        USING dead AS d
        WHERE j.user_id = d.user_id AND j.chatbot_id = d.chatbot_id AND j.source_id = d.source_id
        RETURNING j.user_id, j.chatbot_id, j.source_id
    )
    UPDATE chatsphere.training_sources AS s
    SET status = 'failed',
        processed_at = now(),
        error_message = 'Five workers took it and were not heard of again.'
    FROM buried AS b
    WHERE s.user_id = b.user_id AND s.chatbot_id = b.chatbot_id AND s.id = b.source_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION chatsphere.bury_sources() IS
'A job: gives up sources whose workers died with them five times. One batch; returns how many.';

GRANT EXECUTE ON FUNCTION chatsphere.bury_sources() TO strongroom_runner;
