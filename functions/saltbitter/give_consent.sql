CREATE OR REPLACE FUNCTION saltbitter.give_consent(
    p_purpose text,
    p_version integer,
    p_method text,
    p_ip_hash saltbitter.keyed_hash DEFAULT NULL
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN kernel.give_consent(
        p_purpose, p_version, p_method, saltbitter.consent_evidence(p_ip_hash)
    );
END;
$$;

COMMENT ON FUNCTION saltbitter.give_consent(text, integer, text, saltbitter.keyed_hash) IS
'The current user agrees to a wording, the one that they were shown; false where they had agreed to it
already. p_ip_hash: the keyed hash of the address that they said it from. Raises KR131 UnknownWording,
KR132 WordingSuperseded, KR133 UnfitConsent.
@nonnull';

GRANT EXECUTE ON FUNCTION saltbitter.give_consent(text, integer, text, saltbitter.keyed_hash)
TO saltbitter_app;
