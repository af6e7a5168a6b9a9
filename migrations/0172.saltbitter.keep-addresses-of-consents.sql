-- Keep the address that a consent was given or withdrawn from, as a keyed hash.
-- depends: 0171.saltbitter.bound-told-moments
-- locks: none that anyone waits for

CREATE DOMAIN saltbitter.keyed_hash AS bytea
CONSTRAINT keyed_hash_check CHECK (octet_length(VALUE) = 34);

COMMENT ON DOMAIN saltbitter.keyed_hash IS
'A blind index (strongroom.sealing.BlindIndex): two bytes of the key''s version, and HMAC-SHA256.
The key is not here, so nobody who has the hashes can try all addresses.';
COMMENT ON CONSTRAINT keyed_hash_check ON DOMAIN saltbitter.keyed_hash IS
'@error NotAKeyedHash A keyed hash has 34 bytes: make it with BlindIndex.';

GRANT USAGE ON TYPE saltbitter.keyed_hash
TO saltbitter_app, saltbitter_worker, saltbitter_definer;

-- The new one takes the hash, and where it is left out does what this one did.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS saltbitter.withdraw_consent(text, text);
