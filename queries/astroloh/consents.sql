-- What people agree to.

-- name: list_consent_texts :many
-- The newest wording of each purpose, in one language, to be shown before anybody is asked.
--
-- :language  a tag as ru, en
-- @identity none
SELECT t.purpose, t.version, t.body
FROM kernel.current_consent_text AS t
WHERE t.language = :language
ORDER BY t.purpose
LIMIT 100;

-- name: give_consent :one
-- Agree to the processing of data of the person of this session, in the wording that they were shown;
-- False where they had agreed to it already.
--
-- :version  the wording that was shown
-- :method  how they said it, as voice, button
SELECT astroloh.give_consent(:version, :method) AS is_new;

-- name: withdraw_consent :one
-- Process no more data of the person of this session; False where they had not agreed.
--
-- :method  how they said it, as voice, button
SELECT astroloh.withdraw_consent(:method) AS is_new;

-- name: list_consents :many
-- What the person of this session has agreed to or taken back.
SELECT c.purpose, c.is_in_force, c.version, c.language, c.given_at, c.newer_version, c.must_be_renewed
FROM kernel.my_consents AS c
ORDER BY c.purpose
LIMIT 100;

-- name: list_consent_history :page
-- All that the person of this session ever agreed to or took back, newest first, word by word.
--
-- :limit = 20  page size
SELECT c.id, c.purpose, c.version, c.granted, c.method, c.given_at, c.body
FROM astroloh.consents AS c
WHERE c.user_id = kernel.user_uuid()
  AND (c.id) < (:after) --? after
ORDER BY c.id DESC
LIMIT :limit;
