-- name: unlisted :many
-- :kind = 'bok'  no kind of item
SELECT i.id FROM shop.items AS i WHERE i.kind = :kind;

-- name: unreadable :many
-- :id = 'x'  no number, and :id: is no picture
SELECT i.id FROM shop.items AS i WHERE i.id = :id;

-- name: rounded :many
-- :most = 1.5  the cast would round it
SELECT i.id FROM shop.items AS i LIMIT :most;

-- name: counted :many
-- :least = TRUE
-- :most = 1e2  a whole number all the same
SELECT i.id FROM shop.items AS i WHERE i.id > CAST(:least AS integer) LIMIT :most;

-- name: doubted :many
-- :wanted = 2
SELECT i.id FROM shop.items AS i WHERE :wanted::boolean;
