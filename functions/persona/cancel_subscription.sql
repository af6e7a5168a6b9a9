CREATE OR REPLACE FUNCTION persona.cancel_subscription()
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := kernel.require_user_bigint();
BEGIN
    UPDATE persona.subscriptions AS s
    SET status = 'cancelled',
        cancelled_at = now()
    WHERE s.user_id = v_user_id AND s.status IN ('active', 'upcoming');
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION persona.cancel_subscription() IS
'Notes that the current user wants no renewal; false where there is nothing to cancel. What was paid for
runs to its end, what waits as well; one without an end is over at once.
@nonnull';

ALTER FUNCTION persona.cancel_subscription() OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.cancel_subscription() TO persona_app;
