-- Events: what takes place when.

-- name: list_event_types :many
-- The kinds of events.
--
-- @identity none
SELECT t.event_type, t.description
FROM saltbitter.event_types AS t
ORDER BY t.event_type;

-- name: list_events :page
-- Events that have not begun, the next first.
--
-- :type  only of this kind
-- :limit = 50  page size
-- @identity none
SELECT
    e.id,
    e.title,
    e.description,
    e.type,
    e.start_time,
    e.end_time,
    e.time_zone,
    e.capacity,
    e.seats_taken,
    e.price,
    e.currency,
    e.host_name
FROM saltbitter.events AS e
WHERE e.start_time > now()
  AND e.canceled_at IS NULL
  AND e.type = :type --? type
  AND (e.start_time, e.id) > (:after) --? after
ORDER BY e.start_time, e.id
LIMIT :limit;

-- name: get_event_link :one
-- Where an event is held; None for who has no seat.
--
-- :event_id  which
SELECT saltbitter.event_link(:event_id) AS video_url;

-- name: create_event :one
-- Announce an event; its id.
--
-- :title  what it is called
-- :type  its kind
-- :start_time  when it begins
-- :end_time  when it ends
-- :capacity  how many may come
-- :description? = NULL  what will happen
-- :price = 0  what a seat costs; 0 is free
-- :currency = 'USD'  three letters
-- :host_name? = NULL  who leads it
-- :video_url? = NULL  where it is held
-- :time_zone = 'UTC'  where its times are shown as the clock there shows them
-- @role worker
INSERT INTO saltbitter.events (
    title, type, start_time, end_time, capacity, description, price, currency, host_name, video_url,
    time_zone
)
VALUES (
    :title, :type, :start_time, :end_time, :capacity, :description, :price, :currency, :host_name,
    :video_url, :time_zone
)
RETURNING id;

-- name: move_event :rowcount
-- Let an event take place at another time, or with another number of seats; 0 when there is none, or it
-- was canceled.
--
-- :event_id  which
-- :start_time  when it begins
-- :end_time  when it ends
-- :capacity  how many may come; not fewer than have a seat
-- @role worker
UPDATE saltbitter.events AS e
SET
    start_time = :start_time,
    end_time = :end_time,
    capacity = :capacity
WHERE e.id = :event_id AND e.canceled_at IS NULL;

-- name: cancel_event :one
-- Say that an event does not take place: nobody takes a seat any more, and all seats are given back; how
-- many these were. list_attendees names the payments, to be refunded at the provider.
--
-- :event_id  which
-- @role worker
SELECT saltbitter.cancel_event(:event_id) AS seats;
