CREATE OR REPLACE FUNCTION saltbitter.refuse_match()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'SB012',
        MESSAGE = 'this is no match of the person',
        DETAIL = 'There is no such pair, the person is not of it, or it does not like each other.',
        HINT = 'Take the id from list_matches.';
END;
$$;

COMMENT ON FUNCTION saltbitter.refuse_match() IS
'Raises SB012 NotMatched, one answer to all that may be wrong with a match.';

GRANT EXECUTE ON FUNCTION saltbitter.refuse_match() TO saltbitter_definer;
