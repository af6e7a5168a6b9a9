CREATE OR REPLACE FUNCTION chatsphere.nearest_chunks(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_embedding extensions.halfvec,
    p_embedding_model text,
    p_source_id uuid,
    p_language text,
    p_limit integer,
    OUT chunk_id uuid,
    OUT distance double precision
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    RETURN QUERY
    SELECT k.id, k.embedding OPERATOR(extensions.<=>) p_embedding
    FROM chatsphere.document_chunks AS k
    WHERE k.user_id = p_user_id
      AND k.chatbot_id = p_chatbot_id
      AND k.embedding_model = p_embedding_model
      AND (p_source_id IS NULL OR k.source_id = p_source_id)
      AND (p_language IS NULL OR k.language = p_language)
    -- No index has this order, so every vector of the bot is looked at.
    ORDER BY (k.embedding OPERATOR(extensions.<=>) p_embedding) + 0, k.id
    LIMIT p_limit;
END;
$$;

COMMENT ON FUNCTION chatsphere.nearest_chunks(
    uuid, uuid, extensions.halfvec, text, uuid, text, integer
) IS
'The pieces of a bot that are nearest to a vector, all of them compared: exact, in a time that grows
with the bot.';

GRANT EXECUTE ON FUNCTION chatsphere.nearest_chunks(
    uuid, uuid, extensions.halfvec, text, uuid, text, integer
) TO chatsphere_definer;
