-- Profiles: what people show of themselves, and whom they may like to meet nearby.

-- name: create_profile :exec
-- Make the profile of the person of this session, who neither searches nor is found yet.
--
-- :name  what the person is called here
-- :birth_date  who is not 18 is refused
-- :gender  what the person is
-- :bio? = NULL  what the person says of themselves
INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender, bio)
VALUES (kernel.user_uuid(), :name, :birth_date, :gender, :bio);

-- name: get_profile :maybe
-- The profile of the person of this session; of the place only whether one is noted.
SELECT
    p.name,
    p.birth_date,
    p.gender,
    p.bio,
    p.photos,
    p.location IS NOT NULL AS has_location,
    p.completeness_score,
    p.looking_for_gender,
    p.min_age,
    p.max_age,
    p.max_distance_km,
    p.is_visible,
    p.created_at,
    p.updated_at
FROM saltbitter.profiles AS p
WHERE p.user_id = kernel.user_uuid();

-- name: update_profile :rowcount
-- Say something else of the person of this session; 0 without a profile.
--
-- :name  what the person is called here
-- :bio?  what the person says of themselves
-- :photos  in the order in which they are shown
UPDATE saltbitter.profiles AS p
SET
    name = :name,
    bio = :bio,
    photos = :photos
WHERE p.user_id = kernel.user_uuid();

-- name: set_search :rowcount
-- Say whom the person of this session wants to meet; 0 without a profile. It takes the consent
-- orientation, for it tells of that.
--
-- :looking_for_gender?  None to search no more, and not to be found
-- :min_age  in years, from 18
-- :max_age  in years, to 120
-- :max_distance_km  from 1 to 500
UPDATE saltbitter.profiles AS p
SET
    looking_for_gender = :looking_for_gender,
    min_age = :min_age,
    max_age = :max_age,
    max_distance_km = :max_distance_km
WHERE p.user_id = kernel.user_uuid();

-- name: set_visible :rowcount
-- Take a rest from being found, or end it; 0 without a profile.
--
-- :is_visible  False to rest
UPDATE saltbitter.profiles AS p
SET is_visible = :is_visible
WHERE p.user_id = kernel.user_uuid();

-- name: delete_profile :rowcount
-- Delete the profile of the person of this session; the account stays.
DELETE FROM saltbitter.profiles AS p
WHERE p.user_id = kernel.user_uuid();

-- name: set_location :one
-- Note where the person of this session is, as a cell of some 2 km. False when the last move was
-- less than 15 minutes ago: say it again later.
--
-- :latitude  in degrees, from -90 to 90
-- :longitude  in degrees, from -180 to 180
SELECT saltbitter.set_location(:latitude, :longitude) AS noted;

-- name: clear_location :exec
-- Forget where the person of this session is.
SELECT saltbitter.clear_location();

-- name: list_nearby :many
-- People whom the person of this session may like to meet, the nearest first; of the distance a
-- band. The next ones come when these are decided on, or are passed as skip.
--
-- :limit = 20  at most 100
-- :within_km? = NULL  nearer than the profile wishes
-- :skip? = NULL  who is shown already, at most 500
SELECT
    near.user_id,
    near.name,
    near.age,
    near.gender,
    near.bio,
    near.photos,
    near.within_km
FROM saltbitter.nearby_profiles(
    :limit, :within_km, coalesce(CAST(:skip AS uuid[]), '{}')
) AS near
LIMIT 100;
