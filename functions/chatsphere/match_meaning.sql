CREATE OR REPLACE FUNCTION chatsphere.match_meaning(
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
AS $$
DECLARE
    v_found bigint := 0;
BEGIN
    IF p_embedding IS NULL THEN
        RETURN;
    END IF;
    PERFORM chatsphere.require_embedding(p_embedding, p_embedding_model);
    IF chatsphere.has_many_chunks(p_user_id, p_chatbot_id, p_source_id, p_language) THEN
        RETURN QUERY
        SELECT n.chunk_id, n.distance
        FROM chatsphere.near_chunks(
            p_user_id, p_chatbot_id, p_embedding, p_embedding_model, p_source_id, p_language,
            p_limit
        ) AS n;
        GET DIAGNOSTICS v_found = ROW_COUNT;
    END IF;
    IF v_found < p_limit THEN
        RETURN QUERY
        SELECT n.chunk_id, n.distance
        FROM chatsphere.nearest_chunks(
            p_user_id, p_chatbot_id, p_embedding, p_embedding_model, p_source_id, p_language,
            p_limit
        ) AS n;
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.match_meaning(
    uuid, uuid, extensions.halfvec, text, uuid, text, integer
) IS
'The pieces of a bot that are nearest to a vector, in no order, and some of them perhaps twice; none
for NULL. By the index in a large bot, and by comparing all where that is quick or the index gave
too few. Raises SP017 EmbeddingUnfit.';

GRANT EXECUTE ON FUNCTION chatsphere.match_meaning(
    uuid, uuid, extensions.halfvec, text, uuid, text, integer
) TO chatsphere_definer;
