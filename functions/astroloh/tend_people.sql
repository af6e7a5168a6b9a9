CREATE OR REPLACE FUNCTION astroloh.tend_people()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN astroloh.enforce_data_retention();
END;
$$;

COMMENT ON FUNCTION astroloh.tend_people() IS
'A job: astroloh.enforce_data_retention(), with the result that jobs have.';

GRANT EXECUTE ON FUNCTION astroloh.tend_people() TO strongroom_runner;
