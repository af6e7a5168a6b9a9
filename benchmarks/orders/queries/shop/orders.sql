-- name: get_order :one
-- An order with its details.
-- @identity none
SELECT
    id, serial, created_at, updated_at, title, note, quantity, is_paid, price, status, owner_id,
    details
FROM shop.orders
WHERE id = :id;

-- name: list_orders :many
-- Orders of a range of serial numbers, with their details.
-- @identity none
SELECT
    id, serial, created_at, updated_at, title, note, quantity, is_paid, price, status, owner_id,
    details
FROM shop.orders
WHERE serial BETWEEN :low AND :high;

-- name: get_plain :one
-- An order without its details.
-- @identity none
SELECT id, serial, created_at, updated_at, title, note, quantity, is_paid, price, status, owner_id
FROM shop.orders
WHERE id = :id;

-- name: list_plain :many
-- Orders of a range of serial numbers, without their details.
-- @identity none
SELECT id, serial, created_at, updated_at, title, note, quantity, is_paid, price, status, owner_id
FROM shop.orders
WHERE serial BETWEEN :low AND :high;

-- name: get_typed :one
-- An order with its details as a model.
-- @identity none
SELECT
    id, serial, created_at, updated_at, title, note, quantity, is_paid, price, status, owner_id,
    details
FROM shop.typed_orders
WHERE id = :id;

-- name: list_typed :many
-- Orders of a range of serial numbers, with their details as models.
-- @identity none
SELECT
    id, serial, created_at, updated_at, title, note, quantity, is_paid, price, status, owner_id,
    details
FROM shop.typed_orders
WHERE serial BETWEEN :low AND :high;
