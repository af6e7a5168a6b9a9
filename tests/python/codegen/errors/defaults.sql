-- name: unlisted :many
-- :kind = 'bok'  no kind of item
SELECT i.id FROM shop.items AS i WHERE i.kind = :kind;

-- name: unreadable :many
-- :id = 'x'  no number, and :id: is no picture
SELECT i.id FROM shop.items AS i WHERE i.id = :id;
