-- What people did with what they were shown.

-- name: add_interaction :one
-- Note what the person of this session did; the id of it.
--
-- :interaction_type  what they did
-- :content_type  with what
-- :content_id? = NULL  which one
-- :session_duration? = NULL  for how many seconds
-- :rating? = NULL  1 to 5
-- :feedback_text? = NULL  what they said of it
-- :astronomical_data? = NULL  places of the planets, by planet
INSERT INTO astroloh.user_interactions (
    user_id, interaction_type, content_type, content_id, session_duration, rating, feedback_text,
    astronomical_data
)
VALUES (
    kernel.user_uuid(), :interaction_type, :content_type, :content_id, :session_duration, :rating,
    :feedback_text, :astronomical_data
)
RETURNING id;

-- name: add_interactions :bulk
-- Note what many people did, as collected by a program; how many. Who does not agree is left out.
--
-- @role worker
-- @chunk 5000
INSERT INTO astroloh.user_interactions (
    user_id, interaction_type, content_type, content_id, session_duration, rating,
    astronomical_data, occurred_at
)
SELECT
    u.user_id, u.interaction_type, u.content_type, u.content_id, u.session_duration, u.rating,
    u.astronomical_data, u.occurred_at
FROM unnest(
    :user_id::uuid[], :interaction_type::text[], :content_type::text[], :content_id::text[],
    :session_duration::integer[], :rating::integer[], :astronomical_data::jsonb[],
    :occurred_at::timestamptz[]
) AS u (
    user_id, interaction_type, content_type, content_id, session_duration, rating,
    astronomical_data, occurred_at
)
WHERE astroloh.may_process(u.user_id);

-- name: list_interactions :page
-- What the person of this session did, newest first.
--
-- :content_type  only with this
-- :limit = 20  page size
SELECT
    i.occurred_at, i.id, i.interaction_type, i.content_type, i.content_id, i.session_duration,
    i.rating, i.feedback_text
FROM astroloh.user_interactions AS i
WHERE i.user_id = kernel.user_uuid()
  AND i.content_type = :content_type --? content_type
  AND (i.occurred_at, i.id) < (:after) --? after
ORDER BY i.occurred_at DESC, i.id DESC
LIMIT :limit;

-- name: list_new_interactions :stream
-- What people did in a span of time, in its order, for models to learn from.
--
-- :since  from this moment on
-- :until  before this moment
-- @role worker
SELECT
    i.user_id, i.occurred_at, i.id, i.interaction_type, i.content_type, i.content_id, i.rating,
    i.session_duration
FROM astroloh.user_interactions AS i
WHERE i.occurred_at >= :since AND i.occurred_at < :until AND astroloh.may_process(i.user_id)
ORDER BY i.occurred_at;

-- name: list_under_sky :many
-- What people did under a sky, newest first.
--
-- :sky  what the places of the planets contain, as {"moon": {"sign": "leo"}}
-- :since  from this moment on
-- :limit = 1000  most rows to give
-- @role worker
-- @lint ignore sort the interactions under one sky, a batch of them
SELECT i.user_id, i.occurred_at, i.id, i.interaction_type, i.content_type, i.rating
FROM astroloh.user_interactions AS i
WHERE i.astronomical_data @> CAST(:sky AS jsonb) AND i.occurred_at >= :since
  AND astroloh.may_process(i.user_id)
ORDER BY i.occurred_at DESC, i.id DESC
LIMIT :limit;

-- name: count_interactions_by_type :many
-- How often people did what in a span of time.
--
-- :since  from this moment on
-- :until  before this moment
-- @role worker
-- @lint ignore unbounded-many there are five kinds
SELECT i.interaction_type, count(*) AS interactions, avg(i.rating) AS mean_rating
FROM astroloh.user_interactions AS i
WHERE i.occurred_at >= :since AND i.occurred_at < :until
GROUP BY i.interaction_type
ORDER BY i.interaction_type;

-- name: list_bad_ratings :many
-- The worst ratings of a kind of content since a moment, the worst first.
--
-- :content_type  with what
-- :since  the moment
-- :limit = 100  most rows to give
-- @role worker
SELECT i.rating, i.occurred_at, i.content_id, i.user_id
FROM astroloh.user_interactions AS i
WHERE i.content_type = :content_type AND i.rating <= 2 AND i.occurred_at >= :since
ORDER BY i.rating, i.occurred_at
LIMIT :limit;
