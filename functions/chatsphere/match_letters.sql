CREATE OR REPLACE FUNCTION chatsphere.match_letters(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_query text,
    p_source_id uuid,
    p_language text,
    p_limit integer,
    OUT chunk_id uuid,
    OUT similarity double precision
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET plan_cache_mode = force_custom_plan
AS $$
BEGIN
    -- Each piece is compared letter by letter, which takes long for long questions and many pieces.
    -- Who writes quotes or a minus means just these words.
    IF p_query IS NULL
        OR length(p_query) > 100
        OR p_query ~ '"|(^|\s)-'
        OR chatsphere.has_many_chunks(p_user_id, p_chatbot_id, p_source_id, p_language)
    THEN
        RETURN;
    END IF;
    -- Until the end of the transaction, as in chatsphere.near_chunks().
    PERFORM set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    RETURN QUERY
    SELECT k.id, extensions.word_similarity(p_query, k.content)::double precision
    FROM chatsphere.document_chunks AS k
    WHERE k.user_id = p_user_id
      AND k.chatbot_id = p_chatbot_id
      AND (p_source_id IS NULL OR k.source_id = p_source_id)
      AND (p_language IS NULL OR k.language = p_language)
      AND p_query OPERATOR(extensions.<%) k.content
    ORDER BY 2 DESC, k.id
    LIMIT p_limit;
END;
$$;

COMMENT ON FUNCTION chatsphere.match_letters(
    uuid, uuid, text, uuid, text, integer
) IS
'The pieces of a bot in which something is that is written nearly like the question, the best first:
for names, numbers of parts, and what is misspelt. None for a question of more than 100 characters
or with quotes or a minus, and none where more than 10,000 pieces are to be searched.';

GRANT EXECUTE ON FUNCTION chatsphere.match_letters(
    uuid, uuid, text, uuid, text, integer
) TO chatsphere_definer;
