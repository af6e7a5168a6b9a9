-- Administrators and their rights.

-- name: my_rights :maybe
-- The rights of the person of this session; None for people who are no administrators.
SELECT a.can_manage_keys, a.can_view_stats, a.can_manage_users
FROM persona.admin_users AS a
WHERE a.user_id = kernel.user_bigint();

-- name: list_admins :many
-- Who has which rights, for an administrator who may manage users.
SELECT
    a.user_id,
    a.can_manage_keys,
    a.can_view_stats,
    a.can_manage_users,
    a.notes,
    a.created_at,
    a.updated_at
FROM persona.list_admins() AS a;

-- name: grant_rights :exec
-- Make a person an administrator with exactly these rights, for one who may manage users and has
-- each right that is given anew.
--
-- :user_id  whom
-- :can_manage_keys = FALSE  settings of the bot, keys of vendors, wording of the consent
-- :can_view_stats = TRUE  figures of use
-- :can_manage_users = FALSE  people, rights, and who looked at whom
-- :notes? = NULL  why; None leaves what there is
SELECT persona.grant_rights(
    :user_id, :can_manage_keys, :can_view_stats, :can_manage_users, :notes
);

-- name: revoke_rights :one
-- Take all rights of an administrator; false if the person was none.
--
-- :user_id  whose
SELECT persona.revoke_rights(:user_id) AS was_admin;
