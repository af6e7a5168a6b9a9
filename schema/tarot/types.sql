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

GRANT USAGE ON TYPE tarot.drawn_card TO tarot_app, tarot_worker, tarot_definer;
