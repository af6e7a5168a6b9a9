CREATE OR REPLACE FUNCTION chatsphere.require_embedding(
    p_embedding extensions.halfvec,
    p_embedding_model text
)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    v_reason text;
BEGIN
    IF p_embedding IS NULL THEN
        v_reason := 'It is NULL.';
    ELSIF extensions.vector_dims(p_embedding) <> 1536 THEN
        v_reason := pg_catalog.format(
            'It has %s numbers and not 1536.', extensions.vector_dims(p_embedding)
        );
    ELSIF extensions.l2_norm(p_embedding) = 0 THEN
        v_reason := 'All of its numbers are 0, or so small that half precision makes them 0.';
    ELSIF p_embedding_model IS NULL THEN
        v_reason := 'It is not said which model made it.';
    ELSE
        RETURN;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'SP017',
        MESSAGE = 'this vector says nothing of a text',
        DETAIL = v_reason,
        HINT = 'Pass what the model gives, 1536 numbers, and the name of the model.';
END;
$$;

COMMENT ON FUNCTION chatsphere.require_embedding(extensions.halfvec, text) IS
'Raises SP017 EmbeddingUnfit where a vector is none of 1536 numbers that a named model made.';

GRANT EXECUTE ON FUNCTION chatsphere.require_embedding(extensions.halfvec, text)
TO chatsphere_definer;
