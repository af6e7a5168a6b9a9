-- Consent to the processing of personal data: wordings, and who agreed to which.

-- name: list_consent_texts :many
-- The newest wording in one language, to be shown.
--
-- :language  a tag as ru, en, pt-BR
-- @identity none
SELECT t.purpose, t.version, t.body, t.published_at
FROM kernel.current_consent_text AS t
WHERE t.language = :language
ORDER BY t.purpose
LIMIT 100;

-- name: publish_consent :one
-- Publish a wording; its version. For a worker, in the name of an administrator who may manage keys.
--
-- :body  the wording
-- :language = 'ru'  its language; the Russian one is in the settings, too
-- :is_material = TRUE  FALSE where who agreed to an earlier wording needs not be asked again
-- @role worker
SELECT persona.publish_consent(:body, :language, :is_material) AS version;

-- name: give_consent :one
-- Agree to the processing of personal data; False where the person of this session had agreed to it.
--
-- :version  the wording that was shown
-- :method  how they said it, as button
SELECT kernel.give_consent('personal_data', :version, :method) AS is_new;

-- name: withdraw_consent :one
-- Take the consent back, and forget every answer that is cached for the person of this session alone,
-- or that they asked for; False where there was none.
--
-- :method  how they said it, as menu
SELECT persona.withdraw_consent(:method) AS is_new;

-- name: has_consent :one
-- Whether the person of this session has agreed to the processing of personal data, as it is worded
-- now.
SELECT kernel.has_consent('personal_data') AS has_consent;

-- name: list_consent_log :page
-- What the person of this session agreed to and took back, newest first, with the wordings.
--
-- :limit = 20  page size
SELECT l.id, l.purpose, l.granted, l.version, l.language, l.consent_text, l.given_at, l.method
FROM persona.consent_log AS l
WHERE l.user_id = kernel.user_bigint()
  AND (l.id) < (:after) --? after
ORDER BY l.id DESC
LIMIT :limit;
