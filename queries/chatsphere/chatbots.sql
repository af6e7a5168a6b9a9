-- Bots: what accounts build.

-- name: create_chatbot :one
-- Make a bot for the account of this session, if its plan allows another one; its key.
--
-- :name  what it is called, once in an account
-- :description? = NULL  what it is for
-- :language = 'en'  that it speaks, like en or pt-BR
-- :model_config? = NULL  settings of its model, an object
SELECT chatsphere.create_chatbot(:name, :description, :language, :model_config) AS id;

-- name: get_chatbot :maybe
-- A bot of the account of this session.
--
-- :chatbot_id  which
SELECT
    c.user_id,
    c.id,
    c.name,
    c.description,
    c.language,
    c.model_config,
    c.is_active,
    c.created_at,
    c.updated_at
FROM chatsphere.chatbots AS c
WHERE c.user_id = kernel.user_uuid() AND c.id = :chatbot_id;

-- name: list_chatbots :page
-- Bots of the account of this session, by name.
--
-- :is_active  only active ones, or only others
-- :limit = 50  page size
SELECT c.id, c.name, c.description, c.language, c.is_active, c.created_at, c.updated_at
FROM chatsphere.chatbots AS c
WHERE c.user_id = kernel.user_uuid()
  AND c.is_active = :is_active --? is_active
  AND (c.name, c.id) > (:after) --? after
ORDER BY c.name, c.id
LIMIT :limit;

-- name: update_chatbot :rowcount
-- Write what a bot of the account of this session is and does; 0 when there is no such bot.
--
-- :chatbot_id  which
-- :name  what it is called, once in an account
-- :description  None for nothing
-- :language  that it speaks
-- :model_config  settings of its model, an object
-- :is_active  whether visitors may talk to it
UPDATE chatsphere.chatbots AS c
SET name = :name,
    description = :description,
    language = :language,
    model_config = :model_config,
    is_active = :is_active
WHERE c.user_id = kernel.user_uuid() AND c.id = :chatbot_id;

-- name: delete_chatbot :rowcount
-- Delete a bot of the account of this session, with what it learned and all conversations; 0 when
-- there is no such bot. What was measured of it stays, without its name.
--
-- :chatbot_id  which
DELETE FROM chatsphere.chatbots AS c
WHERE c.user_id = kernel.user_uuid() AND c.id = :chatbot_id;

-- name: read_chatbot :maybe
-- A bot of any account by its key alone, which is all that a page with the bot knows: whose it is, and
-- what the worker that answers in it goes by. None for one that visitors may not talk to.
--
-- :chatbot_id  which
-- @role worker
SELECT c.user_id, c.id, c.name, c.language, c.model_config
FROM chatsphere.chatbots AS c
JOIN chatsphere.users AS u ON u.id = c.user_id
WHERE c.id = :chatbot_id AND c.is_active AND u.is_active AND u.erased_at IS NULL;

-- name: find_chatbots :many
-- Bots of any account whose name is or has something that is written nearly like this, the most alike
-- first; for support.
--
-- :name  what is remembered of it
-- :limit = 20  how many
-- @role worker
-- @lint ignore sort what is sorted is what is written alike, which the index finds
SELECT c.user_id, c.id, c.name, c.is_active
FROM chatsphere.chatbots AS c
WHERE :name OPERATOR(extensions.<%) c.name
ORDER BY extensions.word_similarity(:name, c.name) DESC, c.user_id, c.id
LIMIT :limit;
