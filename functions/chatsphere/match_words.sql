CREATE OR REPLACE FUNCTION chatsphere.match_words(
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
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    v_words tsquery;
BEGIN
    SELECT websearch_to_tsquery(
        chatsphere.text_config(coalesce(p_language, c.language)), left(p_query, 1000)
    )
    INTO v_words
    FROM chatsphere.chatbots AS c
    WHERE c.user_id = p_user_id AND c.id = p_chatbot_id;
    IF v_words IS NULL OR numnode(v_words) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT k.id, ts_rank_cd(k.words, v_words, 1)::double precision
    FROM chatsphere.document_chunks AS k
    WHERE k.user_id = p_user_id
      AND k.chatbot_id = p_chatbot_id
      AND (p_source_id IS NULL OR k.source_id = p_source_id)
      AND (p_language IS NULL OR k.language = p_language)
      AND k.words @@ v_words
    ORDER BY 2 DESC, k.id
    LIMIT p_limit;
END;
$$;

COMMENT ON FUNCTION chatsphere.match_words(
    uuid, uuid, text, uuid, text, integer
) IS
'The pieces of a bot in which all words of a question are, the best first; "quoted" words beside
each other, OR and -not as in a search on the web. Words are cut as in the language that is asked
for, or else the bot''s. Of a question longer than 1,000 characters the beginning is looked for.';

GRANT EXECUTE ON FUNCTION chatsphere.match_words(
    uuid, uuid, text, uuid, text, integer
) TO chatsphere_definer;
