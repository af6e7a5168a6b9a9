CREATE OR REPLACE FUNCTION chatsphere.search_session_chunks(
    p_session_token text,
    p_query text DEFAULT NULL,
    p_embedding extensions.halfvec DEFAULT NULL,
    p_embedding_model text DEFAULT NULL,
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
    v_session CONSTANT record := chatsphere.require_session(p_session_token);
BEGIN
    RETURN QUERY
    SELECT f.chunk_id, f.source_id, f.chunk_index, f.language, f.content, f.score, f.distance
    FROM chatsphere.find_chunks(
        v_session.user_id, v_session.chatbot_id, p_query, p_embedding, p_embedding_model, NULL,
        p_language, p_limit
    ) AS f;
END;
$$;

COMMENT ON FUNCTION chatsphere.search_session_chunks(
    text, text, extensions.halfvec, text, text, integer
) IS
'As chatsphere.search_chunks() of the bot that a visitor speaks with, by the visitor''s token: for
the program that answers. Runs without an identity.
Raises SP013 UnknownSession, SP017 EmbeddingUnfit, SP018 SearchUnfit.';

ALTER FUNCTION chatsphere.search_session_chunks(
    text, text, extensions.halfvec, text, text, integer
) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.search_session_chunks(
    text, text, extensions.halfvec, text, text, integer
) TO chatsphere_app;
