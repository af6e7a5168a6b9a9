CREATE OR REPLACE FUNCTION chatsphere.end_idle_sessions()
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
    WITH idle AS (
        SELECT s.user_id, s.chatbot_id, s.id
        FROM chatsphere.chat_sessions AS s
        WHERE s.ended_at IS NULL AND s.last_active_at < now() - interval '2 hours'
        ORDER BY s.last_active_at
        LIMIT 1000
        FOR UPDATE SKIP LOCKED
    )
    UPDATE chatsphere.chat_sessions AS s
    SET ended_at = greatest(s.last_active_at, s.started_at),
        token_hash = NULL
    FROM idle AS i
    WHERE s.user_id = i.user_id AND s.chatbot_id = i.chatbot_id AND s.id = i.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION chatsphere.end_idle_sessions() IS
'A job: ends conversations in which nothing was said for two hours. One batch; returns how many.';

GRANT EXECUTE ON FUNCTION chatsphere.end_idle_sessions() TO strongroom_runner;
