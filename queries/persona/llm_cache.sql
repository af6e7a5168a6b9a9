-- Cached answers of language models.

-- name: claim_answer :one
-- An answer from the cache, or the right to ask the model for it. outcome is hit (response_payload is
-- the answer), claimed (ask the model, and store_answer by the token before lease_until) or busy
-- (somebody else is asking; LISTEN persona_answers, or call again in a moment). Not to be called in a
-- transaction in which the model is asked.
--
-- :vendor  whose model
-- :cache_key  SHA-256 of the request as 64 hexadecimal digits
-- :is_private = TRUE  for the person of this session alone; FALSE: for everybody
-- :lease = '1 minute'  how long nobody else may ask, from a second to an hour
SELECT c.outcome, c.response_payload, c.token, c.lease_until
FROM persona.claim_answer(:vendor, :cache_key, :is_private, :lease) AS c;

-- name: claim_shared_answer :one
-- As claim_answer, for an answer that everybody may have, for a job that asks ahead.
--
-- :vendor  whose model
-- :cache_key  SHA-256 of the request as 64 hexadecimal digits
-- :lease = '1 minute'  how long nobody else may ask, from a second to an hour
-- @role worker
SELECT c.outcome, c.response_payload, c.token, c.lease_until
FROM persona.claim_answer(:vendor, :cache_key, false, :lease) AS c;

-- name: store_answer :one
-- Store what the model answered, and end the claim; until when it is good, None for ever. The request
-- is stored without what tells of a person.
--
-- :vendor  whose model
-- :cache_key  as it was claimed
-- :token  of the claim
-- :is_private = TRUE  as it was claimed
SELECT persona.store_answer(
    :vendor, :cache_key, :token, :request_payload, :response_payload, :is_private
) AS expires_at;

-- name: store_shared_answer :one
-- As store_answer, for an answer that everybody may have.
--
-- :vendor  whose model
-- :cache_key  as it was claimed
-- :token  of the claim
-- @role worker
SELECT persona.store_answer(
    :vendor, :cache_key, :token, :request_payload, :response_payload, false
) AS expires_at;

-- name: release_claim :one
-- Give a claim up because the model gave no answer; false if the token has it no more.
--
-- :vendor  whose model
-- :cache_key  as it was claimed
-- :token  of the claim
-- :is_private = TRUE  as it was claimed
SELECT persona.release_claim(:vendor, :cache_key, :token, :is_private) AS had_it;

-- name: forget_answers :one
-- Forget every answer that is cached for the person of this session alone; how many.
SELECT persona.forget_answers() AS forgotten;
