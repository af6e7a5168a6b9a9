CREATE OR REPLACE FUNCTION chatsphere.hash_secret(p_secret text)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN pg_catalog.sha256(pg_catalog.convert_to(p_secret, 'UTF8'));

COMMENT ON FUNCTION chatsphere.hash_secret(text) IS
'What is kept of an API key or of the token of a visitor: SHA-256. Both are long and random, so a
salt or a slow hash would make nothing harder.';

GRANT EXECUTE ON FUNCTION chatsphere.hash_secret(text) TO chatsphere_definer;
