CREATE OR REPLACE FUNCTION chatsphere.require_count(p_count integer)
RETURNS integer
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF p_count BETWEEN 1 AND 10000 THEN
        RETURN p_count;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'SP007',
        MESSAGE = 'this is no number of things to take at once',
        DETAIL = pg_catalog.format('The number is %s.', coalesce(p_count::text, 'NULL')),
        HINT = 'Pass a number from 1 to 10000.';
END;
$$;

COMMENT ON FUNCTION chatsphere.require_count(integer) IS
'The number, if so many things may be taken at once; else raises SP007 CountOutOfRange.';

GRANT EXECUTE ON FUNCTION chatsphere.require_count(integer) TO chatsphere_definer;
