CREATE OR REPLACE FUNCTION chatsphere.has_many_chunks(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_language text
)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN (
        SELECT count(*) > 10000
        FROM (
            SELECT
            FROM chatsphere.document_chunks AS k
            WHERE k.user_id = p_user_id
              AND k.chatbot_id = p_chatbot_id
              AND (p_source_id IS NULL OR k.source_id = p_source_id)
              AND (p_language IS NULL OR k.language = p_language)
            LIMIT 10001
        ) AS known
    );
END;
$$;

COMMENT ON FUNCTION chatsphere.has_many_chunks(uuid, uuid, uuid, text) IS
'Whether more than 10,000 pieces are to be searched: so many that comparing each takes longer than
an index does, which may miss some.';

GRANT EXECUTE ON FUNCTION chatsphere.has_many_chunks(uuid, uuid, uuid, text) TO chatsphere_definer;
