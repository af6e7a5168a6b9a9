-- Consents: what people agreed to, and took back.

-- name: list_consent_texts :many
-- The newest wording of each purpose, in one language.
--
-- :language  a tag as en, pt-BR
-- @identity none
SELECT t.purpose, t.version, t.body
FROM kernel.current_consent_text AS t
WHERE t.language = :language
ORDER BY t.purpose
LIMIT 100;

-- name: give_consent :one
-- Agree to a wording; False where the person of this session had agreed to it already.
--
-- :purpose  orientation or attachment_assessment
-- :version  the wording that was shown
-- :method  how they said it, as checkbox
-- :ip_hash? = NULL  keyed hash of the address that they said it from
SELECT saltbitter.give_consent(:purpose, :version, :method, :ip_hash) AS is_new;

-- name: withdraw_consent :one
-- Take a consent back, and delete what was kept by it; False where there was none.
--
-- :purpose  orientation or attachment_assessment
-- :method  how they said it, as menu
-- :ip_hash? = NULL  keyed hash of the address that they said it from
SELECT saltbitter.withdraw_consent(:purpose, :method, :ip_hash) AS is_new;

-- name: list_consents :many
-- What the person of this session has agreed to or taken back.
SELECT
    c.purpose,
    c.is_in_force,
    c.version,
    c.language,
    c.given_at,
    c.newer_version,
    c.must_be_renewed
FROM kernel.my_consents AS c
ORDER BY c.purpose
LIMIT 100;

-- name: list_consent_history :page
-- All that the person of this session ever agreed to or took back, newest first, word by word.
--
-- :limit = 20  page size
SELECT
    c.id, c.consent_type, c.granted, c.version, c.language, c.consent_text, c.method, c.occurred_at
FROM saltbitter.consent_logs AS c
WHERE c.user_id = kernel.user_uuid()
  AND (c.id) < (:after) --? after
ORDER BY c.id DESC
LIMIT :limit;
