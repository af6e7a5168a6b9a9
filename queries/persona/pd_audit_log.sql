-- The journal of operations with personal data.

-- name: list_pd_audit :many
-- Who saw or changed whose data, the newest first, for an administrator who may manage users. The last
-- minute may be missing: entries are shown once they are under a seal.
--
-- :since  from this moment on
-- :until  to before this one
-- :actor_id? = NULL  only what this administrator did
-- :target_user_id? = NULL  only what was done with this person's data
-- :action? = NULL  only this: view_profile, update_settings, export_data ...
-- :limit = 100  most rows to give
SELECT
    e.id,
    e.actor_id,
    e.target_user_id,
    e.action,
    e.details,
    e.created_at,
    e.request_id
FROM persona.list_pd_audit(
    :since, :until, :actor_id, :target_user_id, :action, :limit
) AS e;
