CREATE TYPE saltbitter.photo AS (
    url text
);

COMMENT ON TYPE saltbitter.photo IS
'One photo of a profile.';
COMMENT ON COLUMN saltbitter.photo.url IS 'Where it is: https, at most 500 characters.';

CREATE DOMAIN saltbitter.keyed_hash AS bytea
CONSTRAINT keyed_hash_check CHECK (octet_length(VALUE) = 34);

COMMENT ON DOMAIN saltbitter.keyed_hash IS
'A blind index (strongroom.sealing.BlindIndex): two bytes of the key''s version, and HMAC-SHA256.
The key is not here, so nobody who has the hashes can try all addresses.';
COMMENT ON CONSTRAINT keyed_hash_check ON DOMAIN saltbitter.keyed_hash IS
'@error NotAKeyedHash A keyed hash has 34 bytes: make it with BlindIndex.';

GRANT USAGE ON TYPE saltbitter.photo, saltbitter.keyed_hash
TO saltbitter_app, saltbitter_worker, saltbitter_definer;
