-- What people ask of the data that is held of them.

-- name: request_erasure :one
-- Ask to be forgotten. Show the code where only the person of this session reads it; confirm_request
-- wants it back. Who asks again joins the open request, and gets a new code until it is confirmed.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_erasure() AS asked;

-- name: request_access :one
-- Ask to see all that is held; confirmed and answered as an erasure is.
-- @nonnull request_id
SELECT asked.request_id, asked.code
FROM kernel.request_access() AS asked;

-- name: confirm_request :one
-- Confirm a request by its code: verified, or rejected, whatever was wrong.
--
-- :code  as the person typed it
SELECT kernel.verify_request(:request_id, :code) AS answer;

-- name: list_deletion_requests :many
-- The requests of the person of this session to be forgotten, newest first.
-- @nonnull id, status, verified, requested_at, due_at
SELECT
    d.id, d.user_id, d.status, d.verified, d.requested_at, d.due_at, d.processed_at,
    d.refusal_reason
FROM astroloh.data_deletion_requests AS d
ORDER BY d.requested_at DESC
LIMIT 100;

-- name: list_subject_requests :many
-- All that the person of this session has asked for, to see what is held as well, newest first, and
-- until when it is to be answered.
-- @nonnull request_id, kind, state, requested_at, due_at
SELECT
    asked.request_id,
    asked.kind,
    asked.state,
    asked.requested_at,
    asked.due_at,
    asked.refusal_reason,
    asked.ended_at
FROM kernel.my_requests() AS asked
LIMIT 100;
