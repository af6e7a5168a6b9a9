-- The bikes.

-- name: add_bike :one
-- Add a bike to the fleet; gives its number.
--
-- :frame  the number on its frame
-- :equipment  what is mounted on it
INSERT INTO bikes.bikes (kind, frame, daily_price, equipment)
VALUES (:kind, :frame, :daily_price, :equipment)
RETURNING id;

-- name: find_bikes :many
-- Bikes that can be rented.
--
-- :kind  only this kind
-- :most  only those that cost this much a day at most
-- @sort cheapest: b.daily_price, b.id
-- @sort newest: b.id DESC
SELECT b.id, b.kind, b.frame, b.daily_price, b.equipment, b.retired_on
FROM bikes.bikes AS b
WHERE b.retired_on IS NULL
  AND b.kind = :kind --? kind
  AND b.daily_price <= :most --? most
  AND NOT EXISTS (SELECT FROM bikes.rentals AS r WHERE r.bike_id = b.id AND r.ended_at IS NULL)
ORDER BY b.daily_price, b.id --@sort
;

-- name: get_bike :maybe
-- A bike and, if it is out, who has it.
SELECT b.id, b.kind, b.equipment, p.name AS rider, r.started_at AS since
FROM bikes.bikes AS b
LEFT JOIN bikes.rentals AS r ON r.bike_id = b.id AND r.ended_at IS NULL
LEFT JOIN bikes.riders AS p ON p.id = r.rider_id
WHERE b.id = :id
LIMIT 1;

-- name: retire_bike :rowcount
-- Take a bike out of the fleet; 0 when there is none, or it is out of it already.
UPDATE bikes.bikes AS b SET retired_on = :day WHERE b.id = :id AND b.retired_on IS NULL;
