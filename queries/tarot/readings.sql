-- Readings: what was drawn, and what it was said to mean.

-- name: count_readings :one
-- How many readings the person of this session has.
SELECT count(*) AS readings
FROM tarot.readings AS r
WHERE r.user_id = kernel.user_bigint();

-- name: count_readings_by_spread :many
-- How many readings of each spread the person of this session has; no row for a spread without any.
--
-- @lint ignore unbounded-many there are nine spreads
SELECT c.spread_type, c.counted AS readings
FROM tarot.readings_live AS c
WHERE c.user_id = kernel.user_bigint()
ORDER BY c.spread_type;

-- name: delete_reading :rowcount
-- Delete one reading of the person of this session; 0 when there is no such reading. What it cost
-- stays in the ledger.
--
-- :reading_id  which
DELETE FROM tarot.readings AS r
WHERE r.user_id = kernel.user_bigint() AND r.id = :reading_id;

-- name: draw_reading :one
-- Pay for a reading and store it, both or neither, for the person of this session.
--
-- :spread_type  how the cards are laid; list_spreads knows them
-- :question?  what the person asked, if anything
-- :cards  the cards in the order of their places
-- :interpretation  what the cards are said to mean
-- :idempotency_key  the caller's own name for this request
-- @like spread_type tarot.readings.spread_type
-- @like cards tarot.readings.cards
SELECT
    drawn.reading_id,
    drawn.transaction_id,
    drawn.price,
    drawn.balance,
    drawn.created_at
FROM tarot.draw_reading(
    :spread_type, :question, :cards, :interpretation, :idempotency_key
) AS drawn;

-- name: get_reading :maybe
-- One reading of the person of this session.
--
-- :reading_id  which
SELECT
    r.user_id,
    r.id,
    r.spread_type,
    r.question,
    r.cards,
    r.interpretation,
    r.created_at,
    r.transaction_id
FROM tarot.readings AS r
WHERE r.user_id = kernel.user_bigint() AND r.id = :reading_id;

-- name: list_readings :page
-- Readings of the person of this session with what they cost, newest first.
--
-- :spread_type  only this spread
-- :limit = 20  page size
SELECT
    r.id,
    r.spread_type,
    r.question,
    r.cards,
    r.interpretation,
    r.created_at,
    -t.amount AS credit_cost
FROM tarot.readings AS r
-- LATERAL: a plain join may read all that the person ever spent, for each page.
LEFT JOIN LATERAL (
    SELECT w.amount
    FROM tarot.transactions AS w
    WHERE w.user_id = r.user_id AND w.id = r.transaction_id
    LIMIT 1
) AS t ON true
WHERE r.user_id = kernel.user_bigint()
  AND r.spread_type = :spread_type --? spread_type
  AND (r.id) < (:after) --? after
ORDER BY r.id DESC
LIMIT :limit;

-- name: list_spreads :many
-- The spreads with their number of cards and what a reading costs, the cheapest first.
--
-- @identity none
-- @nonnull card_count
SELECT s.spread_type, s.price, tarot.card_count(s.spread_type) AS card_count
FROM tarot.spread_prices AS s
ORDER BY s.price, s.spread_type;
