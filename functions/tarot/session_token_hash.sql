CREATE OR REPLACE FUNCTION tarot.session_token_hash(p_token text)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN pg_catalog.sha256(pg_catalog.convert_to(p_token, 'UTF8'));

COMMENT ON FUNCTION tarot.session_token_hash(text) IS
'What is kept of the token of a session: SHA-256. A token is long and random, so a salt or a slow
hash would make nothing harder.';

GRANT EXECUTE ON FUNCTION tarot.session_token_hash(text) TO tarot_definer;
