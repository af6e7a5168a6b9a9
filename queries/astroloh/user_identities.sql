-- By which platforms people come.

-- name: link_identity :exec
-- Let the person of this session come by another platform, too. The caller has made sure that the
-- account is theirs.
--
-- :platform  which platform
-- :platform_user_id  the person's id there
INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
VALUES (kernel.user_uuid(), :platform, :platform_user_id);

-- name: list_identities :many
-- By which platforms the person of this session comes.
--
-- @lint ignore unbounded-many there are three platforms
SELECT i.platform, i.platform_user_id, i.linked_at
FROM astroloh.user_identities AS i
WHERE i.user_id = kernel.user_uuid()
ORDER BY i.linked_at, i.platform;

-- name: unlink_identity :one
-- Let the person of this session come by a platform no more; whether they did.
--
-- :platform  which platform
SELECT astroloh.unlink_identity(:platform) AS unlinked;

-- name: list_accounts :many
-- Where people can be reached on a platform, to send them something.
--
-- :user_ids  who
-- :platform  which platform
-- @role worker
SELECT i.user_id, i.platform_user_id
FROM astroloh.user_identities AS i
WHERE i.user_id = ANY (:user_ids) AND i.platform = :platform;
