CREATE OR REPLACE FUNCTION tarot.refuse_version(p_expected integer, p_found integer)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'TR003',
        MESSAGE = 'the account has changed since it was read',
        DETAIL = pg_catalog.format('Expected version %s, found %s.', p_expected, p_found),
        HINT = 'Read the account again, decide again, and call with its version.';
END;
$$;

COMMENT ON FUNCTION tarot.refuse_version(integer, integer) IS
'Raises TR003 VersionConflict.';

GRANT EXECUTE ON FUNCTION tarot.refuse_version(integer, integer) TO tarot_definer;
