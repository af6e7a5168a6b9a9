CREATE OR REPLACE FUNCTION chatsphere.refuse_claim()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'SP007',
        MESSAGE = 'sources can''t be taken like this',
        DETAIL = 'The number or the time of the lease is out of range, or NULL.',
        HINT = 'Take 1 to 10000 sources, for a second to a day.';
END;
$$;

COMMENT ON FUNCTION chatsphere.refuse_claim() IS
'Raises SP007 CountOutOfRange.';

GRANT EXECUTE ON FUNCTION chatsphere.refuse_claim() TO chatsphere_definer;
