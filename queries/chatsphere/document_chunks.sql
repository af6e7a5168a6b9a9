-- Pieces of what bots learned, and the search in them by meaning, words and letters.

-- name: search_chunks :many
-- The pieces of a bot of the account of this session that answer a question best, the best first.
--
-- :chatbot_id  which bot
-- :query? = NULL  the question, or words as one types them into a search
-- :embedding? = NULL  the vector that a model made of the question
-- :embedding_model? = NULL  which model that was
-- :source_id? = NULL  only pieces of this source
-- :language? = NULL  only pieces in this language
-- :limit = 8  how many, up to 100
SELECT
    f.chunk_id, f.source_id, f.chunk_index, f.language, f.content, f.score, f.distance
FROM chatsphere.search_chunks(
    :chatbot_id, :query, :embedding, :embedding_model, :source_id, :language, :limit
) AS f;

-- name: search_bot_chunks :many
-- The same of any account's bot, for the worker that writes its answers.
--
-- :user_id  whose bot
-- :chatbot_id  which bot
-- :query? = NULL  the question, or words as one types them into a search
-- :embedding? = NULL  the vector that a model made of the question
-- :embedding_model? = NULL  which model that was
-- :source_id? = NULL  only pieces of this source
-- :language? = NULL  only pieces in this language
-- :limit = 8  how many, up to 100
-- @role worker
SELECT
    f.chunk_id, f.source_id, f.chunk_index, f.language, f.content, f.score, f.distance
FROM chatsphere.search_bot_chunks(
    :user_id, :chatbot_id, :query, :embedding, :embedding_model, :source_id, :language, :limit
) AS f;

-- name: search_session_chunks :many
-- The same of the bot that a visitor speaks with, for the program that answers.
--
-- :session_token  the visitor's
-- :query? = NULL  what the visitor said
-- :embedding? = NULL  the vector that a model made of it
-- :embedding_model? = NULL  which model that was
-- :language? = NULL  only pieces in this language
-- :limit = 8  how many, up to 100
-- @identity none
SELECT
    f.chunk_id, f.source_id, f.chunk_index, f.language, f.content, f.score, f.distance
FROM chatsphere.search_session_chunks(
    :session_token, :query, :embedding, :embedding_model, :language, :limit
) AS f;

-- name: list_chunks :page
-- Pieces of a source of the account of this session, in their order.
--
-- :chatbot_id  which bot
-- :source_id  which source
-- :limit = 50  page size
SELECT k.chunk_index, k.id, k.language, k.content, k.embedding_model, k.created_at
FROM chatsphere.document_chunks AS k
WHERE k.user_id = kernel.user_uuid()
  AND k.chatbot_id = :chatbot_id
  AND k.source_id = :source_id
  AND (k.chunk_index) > (:after) --? after
ORDER BY k.chunk_index
LIMIT :limit;

-- name: store_chunk :one
-- Keep a piece of a source that the worker has, in the place of the one of that number; its key.
--
-- :user_id  as claimed
-- :chatbot_id  as claimed
-- :source_id  as claimed
-- :lease_id  as claimed
-- :chunk_index  its place in the source, from 0
-- :content  the text
-- :embedding  what the text means, in 1536 numbers
-- :embedding_model  the model that made them
-- :language? = NULL  language of the text, where it is not the bot's
-- @role worker
SELECT chatsphere.store_chunk(
    :user_id, :chatbot_id, :source_id, :lease_id, :chunk_index, :content, :embedding,
    :embedding_model, :language
) AS id;

-- name: trim_chunks :one
-- Delete what a source that the worker has had beyond its first so many pieces, when it was learned
-- before; how many these were.
--
-- :user_id  as claimed
-- :chatbot_id  as claimed
-- :source_id  as claimed
-- :lease_id  as claimed
-- :count  how many pieces it has now
-- @role worker
SELECT chatsphere.trim_chunks(:user_id, :chatbot_id, :source_id, :lease_id, :count) AS deleted;
