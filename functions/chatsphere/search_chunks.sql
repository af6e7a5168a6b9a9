CREATE OR REPLACE FUNCTION chatsphere.search_chunks(
    p_chatbot_id uuid,
    p_query text DEFAULT NULL,
    p_embedding extensions.halfvec DEFAULT NULL,
    p_embedding_model text DEFAULT NULL,
    p_source_id uuid DEFAULT NULL,
    p_language text DEFAULT NULL,
    p_limit integer DEFAULT 8,
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
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    RETURN QUERY
    SELECT f.chunk_id, f.source_id, f.chunk_index, f.language, f.content, f.score, f.distance
    FROM chatsphere.find_chunks(
        v_user_id, p_chatbot_id, p_query, p_embedding, p_embedding_model, p_source_id, p_language,
        p_limit
    ) AS f;
END;
$$;

COMMENT ON FUNCTION chatsphere.search_chunks(
    uuid, text, extensions.halfvec, text, uuid, text, integer
) IS
'The pieces that answer a question best, of a bot of the current user, the best first; only those of
a source or in a language where one is named. The question comes as text, as the vector that a model
made of it, or as both, which is best: chatsphere.rank_chunks() says how they are weighed. distance
is from 0, the same, to 2, and NULL where the vector did not find it. None where the bot is not the
user''s. Raises KR001 MissingIdentity, SP017 EmbeddingUnfit, SP018 SearchUnfit.';

ALTER FUNCTION chatsphere.search_chunks(
    uuid, text, extensions.halfvec, text, uuid, text, integer
) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.search_chunks(
    uuid, text, extensions.halfvec, text, uuid, text, integer
) TO chatsphere_app;
