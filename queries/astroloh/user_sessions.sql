-- Dialogs: how far each one is.

-- name: open_session :one
-- Our own id of the dialog that the platform calls so, begun or gone on with.
--
-- :platform  where the person talks
-- :session_id  the platform's id of the dialog
-- :lifetime = '30 minutes'  how long it goes on without a word
-- :ip_hash? = NULL  keyed hash of the address
-- :user_agent_hash? = NULL  keyed hash of what the client calls itself
SELECT astroloh.open_session(
    :platform, :session_id, :lifetime, :ip_hash, :user_agent_hash
) AS id;

-- name: get_session :maybe
-- A dialog of the person of this session that goes on; None where it is over.
--
-- :id  our own id of it
SELECT s.id, s.platform, s.current_state, s.context_data, s.expires_at, s.last_activity
FROM astroloh.user_sessions AS s
WHERE s.user_id = kernel.user_uuid()
  AND s.id = :id
  AND s.is_active
  AND s.expires_at > now();

-- name: advance_session :rowcount
-- Take a dialog from one state to another; 0 when it is over, or in another state meanwhile.
--
-- :id  our own id of it
-- :from_state  the state that it was read in
-- :to_state  the new state
-- :context  what it remembers from now on
-- :lifetime = '30 minutes'  how long it goes on without a word
UPDATE astroloh.user_sessions AS s
SET
    current_state = :to_state,
    context_data = :context,
    last_activity = greatest(s.last_activity, now()),
    expires_at = now() + astroloh.require_lifetime(:lifetime)
WHERE s.user_id = kernel.user_uuid()
  AND s.id = :id
  AND s.current_state = :from_state
  AND s.is_active
  AND s.expires_at > now();

-- name: end_session :rowcount
-- End a dialog; 0 when it was over. It is deleted a day later.
--
-- :id  our own id of it
UPDATE astroloh.user_sessions AS s
SET
    is_active = FALSE,
    last_activity = greatest(s.last_activity, now()),
    expires_at = least(s.expires_at, now() + interval '24 hours')
WHERE s.user_id = kernel.user_uuid() AND s.id = :id AND s.is_active AND s.expires_at > now();

-- name: list_active_sessions :many
-- The dialogs of the person of this session that go on, the next to end first.
--
-- :limit = 20  most rows to give
SELECT s.id, s.platform, s.current_state, s.created_at, s.last_activity, s.expires_at
FROM astroloh.user_sessions AS s
WHERE s.user_id = kernel.user_uuid() AND s.is_active AND s.expires_at > now()
ORDER BY s.expires_at, s.id
LIMIT :limit;
