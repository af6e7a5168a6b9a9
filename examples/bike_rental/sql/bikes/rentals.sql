-- Who rides what.

-- name: add_rider :one
INSERT INTO bikes.riders (name, phone) VALUES (:name, :phone) RETURNING id;

-- name: rent :one
-- Hand a bike out; gives the number of the rental.
INSERT INTO bikes.rentals (bike_id, rider_id, started_at)
VALUES (:bike_id, :rider_id, :started_at)
RETURNING id;

-- name: give_back :maybe
-- End a rental; gives what it costs, or None when there is no such rental that is open.
UPDATE bikes.rentals AS r
SET ended_at = :ended_at, price = bikes.price_of(b.daily_price, r.started_at, :ended_at)
FROM bikes.bikes AS b
WHERE b.id = r.bike_id AND r.id = :id AND r.ended_at IS NULL
RETURNING r.price;

-- name: list_rentals :page
-- The rentals of a rider, the latest first.
--
-- :limit = 10  page size
SELECT r.started_at, r.id, r.bike_id, r.ended_at, r.price
FROM bikes.rentals AS r
WHERE r.rider_id = :rider_id
  AND (r.started_at, r.id) < (:after) --? after
ORDER BY r.started_at DESC, r.id DESC
LIMIT :limit;

-- name: income :many
-- What each kind of bike brought in, with those that brought nothing.
SELECT b.kind, count(r.price) AS rentals, coalesce(sum(r.price), 0) AS total, max(r.price) AS highest
FROM bikes.bikes AS b
LEFT JOIN bikes.rentals AS r ON r.bike_id = b.id
GROUP BY b.kind
ORDER BY total DESC, b.kind;
