-- name: names :many
SELECT p.id, p.id, 1 + 1 FROM shop.people AS p;

-- name: none :many
DELETE FROM shop.people AS p;

-- name: overrides :many
-- @nonnull nick, nam, id
-- @nullable born
SELECT p.id, p.nick, p.born FROM shop.people AS p;

-- name: unproven :one
SELECT p.id FROM shop.people AS p WHERE p.nick = :nick;

-- name: defaults :many
-- :born = now()  a call
-- :id = 'x'  no number
-- @timeout soon
-- @role boss
-- @identity maybe
-- @like :id shop.people.idd
-- @requires now
SELECT p.id FROM shop.people AS p WHERE p.id = :id AND p.born = :born;

-- name: defaults_again :many
-- :born = now()  a call
-- :id = 'x'  no number
-- @timeout soon
-- @role boss
-- @identity maybe
-- @like :id shop.people.idd
SELECT p.id FROM shop.people AS p WHERE p.id = :id AND p.born = :born;
