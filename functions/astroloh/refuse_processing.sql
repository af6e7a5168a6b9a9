CREATE OR REPLACE FUNCTION astroloh.refuse_processing()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'KR130',
        MESSAGE = 'no consent to data_processing',
        DETAIL = 'It was never given, or withdrawn, or a newer wording says something else.',
        HINT = 'Show the wording of list_consent_texts(), then call give_consent().';
END;
$$;

COMMENT ON FUNCTION astroloh.refuse_processing() IS
'Raises KR130 ConsentMissing.';

GRANT EXECUTE ON FUNCTION astroloh.refuse_processing()
TO astroloh_app, astroloh_worker, astroloh_definer;
