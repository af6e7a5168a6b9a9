CREATE OR REPLACE FUNCTION tarot.tend_purchases()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN tarot.fail_stale_purchases();
END;
$$;

COMMENT ON FUNCTION tarot.tend_purchases() IS
'A job: closes purchases that nobody paid for a day, by tarot.fail_stale_purchases(). One batch;
returns how many. Several may run at once.
@nonnull';

ALTER FUNCTION tarot.tend_purchases() OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.tend_purchases() TO strongroom_runner;
