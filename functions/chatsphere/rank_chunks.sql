CREATE OR REPLACE FUNCTION chatsphere.rank_chunks(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_query text,
    p_embedding extensions.halfvec,
    p_embedding_model text,
    p_source_id uuid,
    p_language text,
    p_limit integer,
    OUT chunk_id uuid,
    OUT score double precision,
    OUT distance double precision
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Longer lists than what is wanted: what is far down in two may be the best of both.
    v_depth CONSTANT integer := least(greatest(4 * p_limit, 50), 200);
BEGIN
    RETURN QUERY
    WITH near AS (
        SELECT m.chunk_id, min(m.distance) AS distance
        FROM chatsphere.match_meaning(
            p_user_id, p_chatbot_id, p_embedding, p_embedding_model, p_source_id, p_language,
            v_depth
        ) AS m
        GROUP BY m.chunk_id
        ORDER BY 2, 1
        LIMIT v_depth
    ),
    words AS MATERIALIZED (
        SELECT w.chunk_id, w.similarity
        FROM chatsphere.match_words(
            p_user_id, p_chatbot_id, p_query, p_source_id, p_language, v_depth
        ) AS w
    ),
    letters AS (
        SELECT l.chunk_id, l.similarity
        FROM chatsphere.match_letters(
            p_user_id, p_chatbot_id, p_query, p_source_id, p_language, v_depth
        ) AS l
        -- What is spelt well is found by its words, and quicker.
        WHERE (SELECT count(*) FROM words) < p_limit
    ),
    listed (chunk_id, distance, place) AS (
        SELECT n.chunk_id, n.distance, row_number() OVER (ORDER BY n.distance, n.chunk_id)
        FROM near AS n
        UNION ALL
        SELECT w.chunk_id, NULL, row_number() OVER (ORDER BY w.similarity DESC, w.chunk_id)
        FROM words AS w
        UNION ALL
        SELECT l.chunk_id, NULL, row_number() OVER (ORDER BY l.similarity DESC, l.chunk_id)
        FROM letters AS l
    )
    SELECT f.chunk_id, sum(1.0 / (60 + f.place))::double precision, min(f.distance)
    FROM listed AS f
    GROUP BY f.chunk_id
    ORDER BY 2 DESC, 3, 1
    LIMIT p_limit;
END;
$$;

COMMENT ON FUNCTION chatsphere.rank_chunks(
    uuid, uuid, text, extensions.halfvec, text, uuid, text, integer
) IS
'The best pieces of a bot for a question, out of three lists: by meaning, by words, by letters where
the words found too few. A piece gets 1 / (60 + its place) from each list that it is in (reciprocal
rank fusion), so that no list has to be weighed against another.';

GRANT EXECUTE ON FUNCTION chatsphere.rank_chunks(
    uuid, uuid, text, extensions.halfvec, text, uuid, text, integer
) TO chatsphere_definer;
