CREATE TYPE astroloh.birth_place AS (
    latitude double precision,
    longitude double precision,
    time_zone text,
    name text
);

COMMENT ON TYPE astroloh.birth_place IS
'Where somebody was born. Date and time of birth are the civil ones of this place: the moment
follows from them and the zone, as its history was.';
COMMENT ON COLUMN astroloh.birth_place.latitude IS 'Degrees north, -90 to 90.';
COMMENT ON COLUMN astroloh.birth_place.longitude IS 'Degrees east, -180 to 180.';
COMMENT ON COLUMN astroloh.birth_place.time_zone IS 'IANA name, as Europe/Moscow.';
COMMENT ON COLUMN astroloh.birth_place.name IS
'What the person calls the place.
@nullable';

CREATE DOMAIN astroloh.platform AS text
CONSTRAINT platform_check CHECK (VALUE IN ('yandex_alice', 'telegram', 'google_assistant'));

COMMENT ON DOMAIN astroloh.platform IS
'Where a person talks to the assistant.';
COMMENT ON CONSTRAINT platform_check ON DOMAIN astroloh.platform IS
'@error UnknownPlatform There are yandex_alice, telegram and google_assistant.';

CREATE DOMAIN astroloh.keyed_hash AS bytea
CONSTRAINT keyed_hash_check CHECK (octet_length(VALUE) = 34);

COMMENT ON DOMAIN astroloh.keyed_hash IS
'A blind index (strongroom.sealing.BlindIndex): two bytes of the key''s version, and HMAC-SHA256.
The key is not here, so nobody who has the hashes can try all addresses.';
COMMENT ON CONSTRAINT keyed_hash_check ON DOMAIN astroloh.keyed_hash IS
'@error NotAKeyedHash A keyed hash has 34 bytes: make it with BlindIndex.';

CREATE TYPE astroloh.dialog_context AS (
    intent text,
    awaiting text,
    topic text,
    period text,
    turn integer
);

COMMENT ON TYPE astroloh.dialog_context IS
'What a dialog remembers from one turn to the next: words of the program, of small letters, digits
and underscores, and nothing that the person said.';
COMMENT ON COLUMN astroloh.dialog_context.intent IS
'What the person wants, as understood.
@nullable';
COMMENT ON COLUMN astroloh.dialog_context.awaiting IS
'What the assistant asked for last.
@nullable';
COMMENT ON COLUMN astroloh.dialog_context.topic IS
'What it is about: love, career.
@nullable';
COMMENT ON COLUMN astroloh.dialog_context.period IS
'The span that a horoscope is for.
@nullable';
COMMENT ON COLUMN astroloh.dialog_context.turn IS
'How many turns there were.
@nullable';

CREATE TYPE astroloh.partner AS (
    name text,
    birth_date date,
    birth_time time,
    birth_place astroloh.birth_place
);

COMMENT ON TYPE astroloh.partner IS
'The other one of a compatibility request, who is nobody here: as much as the person says of them.';
COMMENT ON COLUMN astroloh.partner.name IS
'What the person calls them.
@nullable';
COMMENT ON COLUMN astroloh.partner.birth_date IS 'Civil date of birth at the place of birth.';
COMMENT ON COLUMN astroloh.partner.birth_time IS
'Civil time of birth, where it is known.
@nullable';
COMMENT ON COLUMN astroloh.partner.birth_place IS
'Where they were born, where it is known.
@nullable';

CREATE TYPE astroloh.time_slot AS (
    start time,
    "end" time
);

COMMENT ON TYPE astroloh.time_slot IS
'A span of the day, in the person''s own time; one that ends before it starts goes over midnight.';
COMMENT ON COLUMN astroloh.time_slot.start IS 'From here on.';
COMMENT ON COLUMN astroloh.time_slot."end" IS 'Up to here.';

GRANT USAGE ON TYPE
    astroloh.birth_place,
    astroloh.platform,
    astroloh.keyed_hash,
    astroloh.dialog_context,
    astroloh.partner,
    astroloh.time_slot
TO astroloh_app, astroloh_worker, astroloh_definer;
