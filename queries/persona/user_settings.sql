-- What each person has set.

-- name: get_settings :one
-- The settings of the person of this session.
SELECT
    s.id,
    s.user_id,
    s.signature,
    s.default_currency,
    s.exchange_rate,
    s.exchange_rate_at,
    s.preferences,
    s.created_at,
    s.updated_at
FROM persona.user_settings AS s
WHERE s.user_id = kernel.user_bigint();

-- name: set_signature :exec
-- Set what the bot signs texts of the person of this session with.
--
-- :signature  1 to 255 characters
UPDATE persona.user_settings AS s
SET signature = :signature
WHERE s.user_id = kernel.user_bigint();

-- name: set_currency :exec
-- Set the currency of the person of this session, with a rate for roubles. When the rate was set is
-- noted by the database.
--
-- :default_currency  cny or rub
-- :exchange_rate? = NULL  roubles for a yuan, with four decimals; None for yuan, or to have none
UPDATE persona.user_settings AS s
SET
    default_currency = :default_currency,
    exchange_rate = :exchange_rate
WHERE s.user_id = kernel.user_bigint();

-- name: set_preferences :exec
-- Set the switches of the person of this session, all of them at once.
--
-- :preferences  an object
UPDATE persona.user_settings AS s
SET preferences = :preferences
WHERE s.user_id = kernel.user_bigint();

-- name: change_settings_of :one
-- Set signature, currency and rate of another person, for an administrator who may manage users; the
-- names of those that changed. Names, and never values, are written down.
--
-- :user_id  whose
-- :exchange_rate?  roubles for a yuan; None for none
-- @like default_currency persona.user_settings.default_currency
SELECT persona.change_settings_of(
    :user_id, :signature, :default_currency, :exchange_rate
) AS changed;
