CREATE OR REPLACE FUNCTION saltbitter.refuse_person()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    -- An id that is none, and one whose person is gone, are alike.
    RAISE EXCEPTION USING
        ERRCODE = 'SB010',
        MESSAGE = 'there is nobody with this id',
        DETAIL = 'The person is gone, or never was here.',
        HINT = 'Take ids from what the functions of this app gave.';
END;
$$;

COMMENT ON FUNCTION saltbitter.refuse_person() IS
'Raises SB010 UnknownPerson.';

GRANT EXECUTE ON FUNCTION saltbitter.refuse_person() TO saltbitter_definer;
