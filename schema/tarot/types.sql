CREATE TYPE tarot.drawn_card AS (
    card text,
    "position" smallint,
    reversed boolean
);

COMMENT ON TYPE tarot.drawn_card IS
'One card of a reading: which of the 78, at which place of the spread (from 1), upright or
reversed.';
COMMENT ON COLUMN tarot.drawn_card.card IS 'A name of tarot.deck().';
COMMENT ON COLUMN tarot.drawn_card."position" IS 'Place in the spread, from 1 without gaps.';
COMMENT ON COLUMN tarot.drawn_card.reversed IS 'Whether the card lies upside down.';

-- Value lists and lengths of the ledger are domains: PostgreSQL keeps the rules of a domain ready,
-- and parses each CHECK of a table anew for each statement.
CREATE DOMAIN tarot.movement_type AS text
CONSTRAINT movement_type_check CHECK (VALUE IN ('purchase', 'reading', 'refund', 'bonus'));

COMMENT ON DOMAIN tarot.movement_type IS
'What a movement of the ledger is for.';

CREATE DOMAIN tarot.movement_status AS text
CONSTRAINT movement_status_check CHECK (VALUE IN ('pending', 'completed', 'failed', 'refunded'));

COMMENT ON DOMAIN tarot.movement_status IS
'pending: waits for the payment provider. completed: moved. failed: never moved. refunded: moved,
then taken back by a row of type refund.';

CREATE DOMAIN tarot.idempotency_key AS text
CONSTRAINT idempotency_key_length_check CHECK (length(VALUE) BETWEEN 1 AND 255);

COMMENT ON DOMAIN tarot.idempotency_key IS
'The caller''s own name for a request: a repeat gets the first answer. Not to be made of personal
data.';
COMMENT ON CONSTRAINT idempotency_key_length_check ON DOMAIN tarot.idempotency_key IS
'@error IdempotencyKeyLength An idempotency key has 1 to 255 characters.';

GRANT USAGE ON TYPE
    tarot.drawn_card,
    tarot.movement_type,
    tarot.movement_status,
    tarot.idempotency_key
TO tarot_app, tarot_worker, tarot_definer;
