CREATE OR REPLACE FUNCTION saltbitter.consent_evidence(p_ip_hash saltbitter.keyed_hash)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_ip_hash IS NULL THEN '{}'
    ELSE pg_catalog.jsonb_build_object('ip_hash', pg_catalog.encode(p_ip_hash, 'hex'))
END;

COMMENT ON FUNCTION saltbitter.consent_evidence(saltbitter.keyed_hash) IS
'What the ledger of consents keeps besides: the keyed hash of the address that it was said from, in
hex, where it is known.';

GRANT EXECUTE ON FUNCTION saltbitter.consent_evidence(saltbitter.keyed_hash) TO saltbitter_app;
