CREATE OR REPLACE FUNCTION kernel.require_consent(p_purpose text)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT kernel.has_consent(p_purpose) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR130',
            MESSAGE = format('no consent to %s', coalesce(quote_ident(p_purpose), 'NULL')),
            DETAIL = 'It was never given, or withdrawn, or a newer wording says something else.',
            HINT = 'Show the wording of kernel.current_consent_text, then call give_consent().';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_consent(text) IS
'Nothing, if kernel.has_consent() is true; else raises KR130 ConsentMissing.';

GRANT EXECUTE ON FUNCTION kernel.require_consent(text) TO strongroom_client;
