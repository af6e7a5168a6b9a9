CREATE OR REPLACE FUNCTION chatsphere.near_chunks(
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
-- The planner thinks little of the index where it thinks that the bot is small.
SET enable_sort = off
AS $$
BEGIN
    -- The index gives what is near in all bots; it goes on until enough of this one were found.
    -- Not in the head of the function, where only a superuser may name what is not loaded yet: so
    -- they stay until the end of the transaction, in which nothing else uses such an index.
    PERFORM
        set_config('hnsw.iterative_scan', 'strict_order', true),
        set_config('hnsw.ef_search', greatest(p_limit, 200)::text, true),
        set_config('hnsw.max_scan_tuples', '100000', true),
        set_config('hnsw.scan_mem_multiplier', '16', true);
    RETURN QUERY
    SELECT k.id, k.embedding OPERATOR(extensions.<=>) p_embedding
    FROM chatsphere.document_chunks AS k
    WHERE k.user_id = p_user_id
      AND k.chatbot_id = p_chatbot_id
      AND k.embedding_model = p_embedding_model
      AND (p_source_id IS NULL OR k.source_id = p_source_id)
      AND (p_language IS NULL OR k.language = p_language)
    ORDER BY k.embedding OPERATOR(extensions.<=>) p_embedding
    LIMIT p_limit;
END;
$$;

COMMENT ON FUNCTION chatsphere.near_chunks(
    uuid, uuid, extensions.halfvec, text, uuid, text, integer
) IS
'Pieces of a bot that are near to a vector, by the index: nearly always the nearest, in a time that
hardly grows with the bot. Fewer than asked for where too much of other bots is in the way.';

GRANT EXECUTE ON FUNCTION chatsphere.near_chunks(
    uuid, uuid, extensions.halfvec, text, uuid, text, integer
) TO chatsphere_definer;
