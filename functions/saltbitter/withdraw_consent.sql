CREATE OR REPLACE FUNCTION saltbitter.withdraw_consent(p_purpose text, p_method text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN kernel.withdraw_consent(p_purpose, p_method);
END;
$$;

COMMENT ON FUNCTION saltbitter.withdraw_consent(text, text) IS
'Withdraws a consent of the current user; what was kept by it, the assessment (attachment_assessment)
or whom they look for (orientation), goes by saltbitter.tg_forget_withdrawn(). False where there was
none. Raises KR131 UnknownWording, KR133 UnfitConsent.
@nonnull';

GRANT EXECUTE ON FUNCTION saltbitter.withdraw_consent(text, text) TO saltbitter_app;
