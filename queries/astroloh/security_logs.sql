-- What touched security.

-- name: log_security_event :exec
-- Write down what a program saw; of the person of this session.
--
-- :event_type  of those that programs report: login, data_access, suspicion
-- :description  what happened, without anything of a person
-- :success = TRUE  whether it was done
-- :session_id? = NULL  our own id of the dialog
-- :ip_hash? = NULL  keyed hash of the address
-- :user_agent_hash? = NULL  keyed hash of what the client calls itself
-- :error_message? = NULL  why not, as a code or the name of an error
SELECT astroloh.log_security_event(
    :event_type, :description, :success, :session_id, :ip_hash, :user_agent_hash, :error_message
);

-- name: log_refused_login :exec
-- Write down that somebody who is not known was refused.
--
-- :description  what happened, without anything of a person
-- :ip_hash? = NULL  keyed hash of the address
-- :user_agent_hash? = NULL  keyed hash of what the client calls itself
-- :error_message? = NULL  why, as a code or the name of an error
-- @role worker
SELECT astroloh.log_security_event(
    'login', :description, FALSE, NULL, :ip_hash, :user_agent_hash, :error_message
);

-- name: list_my_events :page
-- What touched the data of the person of this session, newest first.
--
-- :limit = 20  page size
SELECT l.id, l.event_type, l.description, l.success, l.occurred_at
FROM astroloh.security_logs AS l
WHERE l.user_id = kernel.user_uuid()
  AND (l.occurred_at, l.id) < (:after) --? after
ORDER BY l.occurred_at DESC, l.id DESC
LIMIT :limit;

-- name: list_failures :many
-- What was refused or failed in a span of time, newest first.
--
-- :since  from this moment on
-- :until  before this moment
-- :limit = 100  most rows to give
-- @role worker
SELECT
    l.id, l.event_type, l.user_id, l.session_id, l.description, l.error_message, l.ip_hash,
    l.occurred_at
FROM astroloh.security_logs AS l
WHERE l.occurred_at >= :since AND l.occurred_at < :until AND NOT l.success
ORDER BY l.occurred_at DESC, l.id DESC
LIMIT :limit;

-- name: list_events :many
-- Events of a kind in a span of time, newest first.
--
-- :event_type  of the vocabulary
-- :since  from this moment on
-- :until  before this moment
-- :limit = 100  most rows to give
-- @role worker
SELECT l.id, l.user_id, l.description, l.success, l.occurred_at
FROM astroloh.security_logs AS l
WHERE l.event_type = :event_type AND l.occurred_at >= :since AND l.occurred_at < :until
ORDER BY l.occurred_at DESC, l.id DESC
LIMIT :limit;
