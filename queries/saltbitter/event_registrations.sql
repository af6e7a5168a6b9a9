-- Registrations: who comes to which event.

-- name: register_for_event :one
-- Take a seat for the person of this session; who has one gets it told again.
--
-- :event_id  which event
-- :payment_id? = NULL  what paid for it, where it costs something
SELECT r.id, r.event_id, r.status, r.payment_id, r.created_at
FROM saltbitter.register_for_event(:event_id, :payment_id) AS r;

-- name: cancel_registration :one
-- Give the seat of the person of this session back, before the event begins; False where there was
-- none to give back.
--
-- :event_id  which event
SELECT saltbitter.cancel_registration(:event_id) AS canceled;

-- name: list_registrations :page
-- Registrations of the person of this session, newest first.
--
-- :limit = 50  page size
SELECT
    r.id,
    r.event_id,
    r.status,
    r.payment_id,
    r.created_at,
    e.title,
    e.start_time,
    e.end_time,
    e.canceled_at AS event_canceled_at
FROM saltbitter.event_registrations AS r
JOIN saltbitter.events AS e ON e.id = r.event_id
WHERE r.user_id = kernel.user_uuid()
  AND (r.id) < (:after) --? after
ORDER BY r.id DESC
LIMIT :limit;

-- name: list_attendees :page
-- Who registered for an event, by person, and what paid for the seat.
--
-- :event_id  which
-- :limit = 500  page size
-- @role worker
SELECT r.user_id, r.status, r.payment_id, r.created_at
FROM saltbitter.event_registrations AS r
WHERE r.event_id = :event_id
  AND (r.user_id) > (:after) --? after
ORDER BY r.user_id
LIMIT :limit;

-- name: set_attendance :rowcount
-- Note whether somebody came; 0 when they had no seat.
--
-- :event_id  which event
-- :user_id  who
-- :status  attended or no_show; canceled takes the seat away, for good unless the person comes back
-- @role worker
UPDATE saltbitter.event_registrations AS r
SET status = :status
WHERE r.event_id = :event_id AND r.user_id = :user_id AND r.status <> 'canceled';
