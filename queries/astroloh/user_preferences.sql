-- How people want to be talked to, and about what.

-- name: get_preferences :maybe
-- What the person of this session prefers; None who never said.
SELECT
    p.user_id,
    p.interests,
    p.communication_style,
    p.complexity_level,
    p.preferred_time_slots,
    p.timezone,
    p.cultural_context,
    p.language_preference,
    p.content_length_preference,
    p.detail_level,
    p.preferences,
    p.created_at,
    p.updated_at
FROM astroloh.user_preferences AS p
WHERE p.user_id = kernel.user_uuid();

-- name: set_preferences :exec
-- Say what the person of this session prefers, all of it; what was learned stays.
--
-- :interests  subjects with their weights, from 0 to 1
-- :communication_style = 'balanced'
-- :complexity_level = 'intermediate'
-- :preferred_time_slots  when to talk to them
-- :timezone? = NULL  IANA name
-- :cultural_context? = NULL  school of astrology
-- :language_preference = 'ru'
-- :content_length_preference = 'medium'
-- :detail_level = 'standard'
INSERT INTO astroloh.user_preferences (
    user_id, interests, communication_style, complexity_level, preferred_time_slots, timezone,
    cultural_context, language_preference, content_length_preference, detail_level
)
VALUES (
    kernel.user_uuid(), :interests, :communication_style, :complexity_level, :preferred_time_slots,
    :timezone, :cultural_context, :language_preference, :content_length_preference, :detail_level
)
ON CONFLICT (user_id) DO UPDATE
SET
    interests = excluded.interests,
    communication_style = excluded.communication_style,
    complexity_level = excluded.complexity_level,
    preferred_time_slots = excluded.preferred_time_slots,
    timezone = excluded.timezone,
    cultural_context = excluded.cultural_context,
    language_preference = excluded.language_preference,
    content_length_preference = excluded.content_length_preference,
    detail_level = excluded.detail_level;

-- name: set_insights :rowcount
-- Keep what a model learned about a person; 0 when they never said what they prefer, or don't agree.
--
-- :user_id  who
-- :preferences  what was learned, by name of the model
-- @role worker
UPDATE astroloh.user_preferences AS p
SET preferences = :preferences
WHERE p.user_id = :user_id AND astroloh.may_process(p.user_id);

-- name: list_interested :many
-- People who are interested in a subject, for recommendations.
--
-- :subject  a word of the program
-- :limit = 1000  most rows to give
-- @role worker
SELECT p.user_id, p.interests, p.language_preference
FROM astroloh.user_preferences AS p
WHERE p.interests ? CAST(:subject AS text) AND astroloh.may_process(p.user_id)
ORDER BY p.user_id
LIMIT :limit;

-- name: list_by_culture :page
-- People of a school of astrology.
--
-- :cultural_context  which
-- :limit = 1000  page size
-- @role worker
SELECT p.user_id, p.language_preference, p.detail_level
FROM astroloh.user_preferences AS p
WHERE p.cultural_context = :cultural_context
  AND astroloh.may_process(p.user_id)
  AND (p.user_id) > (:after) --? after
ORDER BY p.user_id
LIMIT :limit;
