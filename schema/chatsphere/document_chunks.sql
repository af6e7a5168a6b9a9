CREATE TABLE chatsphere.document_chunks (
    user_id uuid NOT NULL,
    chatbot_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    source_id uuid NOT NULL,
    chunk_index integer NOT NULL,
    language text NOT NULL,
    content text NOT NULL,
    embedding extensions.halfvec(1536) NOT NULL,
    embedding_model text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    words tsvector NOT NULL
    GENERATED ALWAYS AS (to_tsvector(chatsphere.text_config(language), content)) STORED,
    CONSTRAINT document_chunks_pkey PRIMARY KEY (user_id, chatbot_id, id),
    CONSTRAINT document_chunks_chunk_index_key
        UNIQUE (user_id, chatbot_id, source_id, chunk_index),
    -- Pieces go with the source.
    CONSTRAINT document_chunks_source_id_fkey FOREIGN KEY (user_id, chatbot_id, source_id)
        REFERENCES chatsphere.training_sources (user_id, chatbot_id, id) ON DELETE CASCADE,
    CONSTRAINT document_chunks_chunk_index_check CHECK (chunk_index BETWEEN 0 AND 1000000),
    CONSTRAINT document_chunks_language_check CHECK (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    CONSTRAINT document_chunks_content_length_check CHECK (length(content) BETWEEN 1 AND 20000),
    -- A vector without a direction is near to nothing.
    CONSTRAINT document_chunks_embedding_check CHECK (extensions.l2_norm(embedding) > 0),
    CONSTRAINT document_chunks_embedding_model_length_check
        CHECK (length(embedding_model) BETWEEN 1 AND 100)
)
-- Two rows a page, with a text of usual length beside the vector.
WITH (toast_tuple_target = 4080);

-- In the row and not beside it: an exact search reads every vector of a bot.
ALTER TABLE chatsphere.document_chunks ALTER COLUMN embedding SET STORAGE PLAIN;

CREATE INDEX document_chunks_language_idx
ON chatsphere.document_chunks (user_id, chatbot_id, language);

CREATE INDEX document_chunks_embedding_idx ON chatsphere.document_chunks
USING hnsw (embedding extensions.halfvec_cosine_ops) WITH (m = 16, ef_construction = 96);

-- The bot is in it, so that words and letters that all bots know are not read of all bots.
CREATE INDEX document_chunks_chatbot_id_words_content_idx ON chatsphere.document_chunks
USING gin (chatbot_id, words, content extensions.gin_trgm_ops);

COMMENT ON TABLE chatsphere.document_chunks IS
'Pieces of training sources with their vectors; chatsphere.search_chunks() finds them by meaning, by
words and by letters. Half precision: half the room, and the same order of what is near.
@row DocumentChunk
@rows 10M';
COMMENT ON COLUMN chatsphere.document_chunks.user_id IS
'Whose piece it is.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.chatbot_id IS
'The bot that knows it.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.id IS
'Key of the piece.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.source_id IS
'The source that it is a piece of.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.chunk_index IS
'Its place in the source, from 0.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.language IS
'Language of the text, as BCP 47 writes it.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.content IS
'The text.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.document_chunks.embedding IS
'What the text means, in 1536 numbers of embedding_model; near is what means the same.
@personal content
@erase delete';
COMMENT ON COLUMN chatsphere.document_chunks.embedding_model IS
'The model that made the vector: those of two models have nothing to do with each other.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.created_at IS
'When it was learned.
@internal';
COMMENT ON COLUMN chatsphere.document_chunks.words IS
'Stems of the words of the text.
@personal content
@erase delete';
COMMENT ON CONSTRAINT document_chunks_chunk_index_check ON chatsphere.document_chunks IS
'@error ChunkIndexOutOfRange A source has up to 1,000,001 pieces, counted from 0.';
COMMENT ON CONSTRAINT document_chunks_language_check ON chatsphere.document_chunks IS
'@error ChunkLanguageInvalid A language is written like en or pt-BR.';
COMMENT ON CONSTRAINT document_chunks_content_length_check ON chatsphere.document_chunks IS
'@error ChunkLength A piece has 1 to 20,000 characters.';
COMMENT ON CONSTRAINT document_chunks_embedding_model_length_check ON chatsphere.document_chunks IS
'@error EmbeddingModelLength The name of a model has 1 to 100 characters.';

ALTER TABLE chatsphere.document_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.document_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.document_chunks
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.document_chunks
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.document_chunks
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY all_definer ON chatsphere.document_chunks
FOR ALL TO chatsphere_definer USING (true) WITH CHECK (true);

-- The vector is for searches: a page of them would be large, and tells a person nothing.
GRANT SELECT (
    user_id, chatbot_id, id, source_id, chunk_index, language, content, embedding_model, created_at
) ON chatsphere.document_chunks TO chatsphere_app;
GRANT
    SELECT,
    INSERT (
        user_id, chatbot_id, source_id, chunk_index, language, content, embedding, embedding_model
    ),
    UPDATE (language, content, embedding, embedding_model, created_at),
    DELETE
ON chatsphere.document_chunks TO chatsphere_definer;
