-- Sessions: conversations with the bot that are going on.

-- name: open_session :one
-- Open a session of the person of this session. The token is in the answer and nowhere else.
--
-- :lifetime = '30 days'  how long it lasts, at most 90 days
SELECT opened.session_id, opened.session_token, opened.expires_at
FROM tarot.open_session(:lifetime) AS opened;

-- name: find_session :maybe
-- Whose session this token opens, and until when a cache may show that; None for every token that
-- opens nothing.
--
-- :session_token  as open_session gave it
-- @identity none
SELECT found.user_id, found.session_id, found.context, found.expires_at, found.cache_until
FROM tarot.find_session(:session_token) AS found;

-- name: list_sessions :many
-- Sessions of the person of this session, the newest first.
--
-- :limit = 100  most rows to give
SELECT s.id, s.context, s.created_at, s.updated_at, s.expires_at
FROM tarot.sessions AS s
WHERE s.user_id = kernel.user_bigint()
ORDER BY s.id DESC
LIMIT :limit;

-- name: set_session_context :rowcount
-- Write what the program remembers in a session of the person of this session; 0 when there is no
-- such session, or it is over.
--
-- :session_id  which
-- :context  an object of at most 8,192 bytes
UPDATE tarot.sessions AS s
SET context = :context
WHERE s.user_id = kernel.user_bigint() AND s.id = :session_id AND s.expires_at > now();

-- name: end_session :rowcount
-- End a session of the person of this session; 0 when there is no such session.
--
-- :session_id  which
DELETE FROM tarot.sessions AS s
WHERE s.user_id = kernel.user_bigint() AND s.id = :session_id;

-- name: end_sessions :rowcount
-- End every session of the person of this session; how many there were.
DELETE FROM tarot.sessions AS s
WHERE s.user_id = kernel.user_bigint();
