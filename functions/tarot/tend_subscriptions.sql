CREATE OR REPLACE FUNCTION tarot.tend_subscriptions()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN tarot.expire_subscriptions();
END;
$$;

COMMENT ON FUNCTION tarot.tend_subscriptions() IS
'A job: takes paid tiers that ended back to basic, by tarot.expire_subscriptions(). One batch;
returns how many. Several may run at once.
@nonnull';

ALTER FUNCTION tarot.tend_subscriptions() OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.tend_subscriptions() TO strongroom_runner;
