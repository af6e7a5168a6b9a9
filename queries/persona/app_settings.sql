-- The settings of the whole bot.

-- name: get_app_settings :one
-- What the bot goes by. Programs that remember it LISTEN persona_settings.
-- @identity none
SELECT
    s.id,
    s.active_llm_vendor,
    s.llm_config,
    s.consent_text,
    s.updated_at,
    s.cache_ttl,
    s.private_cache_ttl
FROM persona.app_settings AS s
WHERE s.id = 1;

-- name: change_app_settings :exec
-- Set what the bot goes by, for an administrator who may manage keys.
--
-- :active_llm_vendor  whom requests go to
-- :llm_config  an object; no key of a vendor, for which there is set_vendor_key
-- :cache_ttl?  how long an answer that everybody may have is good; None: for ever
-- :private_cache_ttl  how long an answer to one person is good
SELECT persona.change_app_settings(
    :active_llm_vendor, :llm_config, :cache_ttl, :private_cache_ttl
);
