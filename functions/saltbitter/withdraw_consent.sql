CREATE OR REPLACE FUNCTION saltbitter.withdraw_consent(
    p_purpose text,
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
    RETURN kernel.withdraw_consent(p_purpose, p_method, saltbitter.consent_evidence(p_ip_hash));
END;
$$;

COMMENT ON FUNCTION saltbitter.withdraw_consent(text, text, saltbitter.keyed_hash) IS
'Withdraws a consent of the current user; what was kept by it, the assessment (attachment_assessment)
or whom they look for (orientation), goes by saltbitter.tg_forget_withdrawn(). False where there was
none. p_ip_hash: the keyed hash of the address that they said it from. Raises KR131 UnknownWording,
KR133 UnfitConsent.
@nonnull';

GRANT EXECUTE ON FUNCTION saltbitter.withdraw_consent(text, text, saltbitter.keyed_hash)
TO saltbitter_app;
