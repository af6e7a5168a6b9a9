CREATE OR REPLACE FUNCTION chatsphere.store_chunk(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_lease_id uuid,
    p_chunk_index integer,
    p_content text,
    p_embedding extensions.halfvec,
    p_embedding_model text,
    p_language text DEFAULT NULL
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid;
BEGIN
    PERFORM chatsphere.lock_lease(p_user_id, p_chatbot_id, p_source_id, p_lease_id);
    PERFORM chatsphere.require_embedding(p_embedding, p_embedding_model);
    INSERT INTO chatsphere.document_chunks AS k (
        user_id, chatbot_id, source_id, chunk_index, language, content, embedding, embedding_model
    )
    VALUES (
        p_user_id, p_chatbot_id, p_source_id, p_chunk_index,
        coalesce(p_language, (
            SELECT c.language
            FROM chatsphere.chatbots AS c
            WHERE c.user_id = p_user_id AND c.id = p_chatbot_id
        )),
        p_content, p_embedding, p_embedding_model
    )
    ON CONFLICT (user_id, chatbot_id, source_id, chunk_index) DO UPDATE
    SET language = EXCLUDED.language,
        content = EXCLUDED.content,
        embedding = EXCLUDED.embedding,
        embedding_model = EXCLUDED.embedding_model,
        created_at = now()
    RETURNING k.id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.store_chunk(
    uuid, uuid, uuid, uuid, integer, text, extensions.halfvec, text, text
) IS
'Keeps a piece of a source that the lease holds, in the place of the one of that number; its key.
The language is the bot''s where none is named. Searches find it at once.
Raises SP012 LeaseLost, SP017 EmbeddingUnfit.
@nonnull';

ALTER FUNCTION chatsphere.store_chunk(
    uuid, uuid, uuid, uuid, integer, text, extensions.halfvec, text, text
) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.store_chunk(
    uuid, uuid, uuid, uuid, integer, text, extensions.halfvec, text, text
) TO chatsphere_worker;
