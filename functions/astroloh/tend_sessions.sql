CREATE OR REPLACE FUNCTION astroloh.tend_sessions()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN astroloh.cleanup_expired_sessions();
END;
$$;

COMMENT ON FUNCTION astroloh.tend_sessions() IS
'A job: astroloh.cleanup_expired_sessions(), with the result that jobs have.';

GRANT EXECUTE ON FUNCTION astroloh.tend_sessions() TO strongroom_runner;
