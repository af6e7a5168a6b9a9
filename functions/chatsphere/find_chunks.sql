CREATE OR REPLACE FUNCTION chatsphere.find_chunks(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_query text,
    p_embedding extensions.halfvec,
    p_embedding_model text,
    p_source_id uuid,
    p_language text,
    p_limit integer,
    OUT chunk_id uuid,
    OUT source_id uuid,
    OUT chunk_index integer,
    OUT language text,
    OUT content text,
    OUT score double precision,
    OUT distance double precision
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
AS $$
BEGIN
    IF coalesce(pg_catalog.btrim(p_query), '') = '' AND p_embedding IS NULL
        OR (p_limit BETWEEN 1 AND 100) IS NOT TRUE
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP018',
            MESSAGE = 'this is nothing to look for',
            DETAIL = 'There is neither a question nor a vector, or the number is out of range.',
            HINT = 'Pass a question, a vector of it, or both; and a number from 1 to 100.';
    END IF;
    RETURN QUERY
    SELECT k.id, k.source_id, k.chunk_index, k.language, k.content, r.score, r.distance
    FROM chatsphere.rank_chunks(
        p_user_id, p_chatbot_id, p_query, p_embedding, p_embedding_model, p_source_id, p_language,
        p_limit
    ) AS r
    JOIN chatsphere.document_chunks AS k
        ON k.user_id = p_user_id AND k.chatbot_id = p_chatbot_id AND k.id = r.chunk_id
    ORDER BY r.score DESC, r.distance, k.id;
END;
$$;

COMMENT ON FUNCTION chatsphere.find_chunks(
    uuid, uuid, text, extensions.halfvec, text, uuid, text, integer
) IS
'What chatsphere.rank_chunks() finds, with its text, the best first.
Raises SP017 EmbeddingUnfit, SP018 SearchUnfit.';

GRANT EXECUTE ON FUNCTION chatsphere.find_chunks(
    uuid, uuid, text, extensions.halfvec, text, uuid, text, integer
) TO chatsphere_definer;
