CREATE OR REPLACE FUNCTION kernel.rotate_masking_key(p_app text)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kernel.masking_key AS k WHERE k.app = p_app) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR123',
            MESSAGE = 'no such app has masked views',
            HINT = 'Take the name from kernel.masking_key.';
    END IF;
    PERFORM kernel.make_masking_key(p_app, true);
    RETURN (SELECT k.version FROM kernel.masking_key AS k WHERE k.app = p_app);
END;
$$;

COMMENT ON FUNCTION kernel.rotate_masking_key(text) IS
'Gives an app another key for pseudonyms and forgets the one before: what analysts copied until now can
no longer be joined with what they see from now on. The number of the new key. Raises KR123
UnknownMaskingKey.';

GRANT EXECUTE ON FUNCTION kernel.rotate_masking_key(text) TO strongroom_runner;
