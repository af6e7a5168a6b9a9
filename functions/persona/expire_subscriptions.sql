CREATE OR REPLACE FUNCTION persona.expire_subscriptions()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_batch CONSTANT integer := 1000;
    v_count bigint;
BEGIN
    WITH due AS (
        SELECT s.user_id, s.id
        FROM persona.subscriptions AS s
        WHERE s.status = 'active' AND s.expires_at <= now()
        ORDER BY s.expires_at
        LIMIT c_batch
        FOR UPDATE SKIP LOCKED
    )
    UPDATE persona.subscriptions AS s
    SET status = 'expired'
    FROM due
    WHERE s.user_id = due.user_id AND s.id = due.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION persona.expire_subscriptions() IS
'A job: says of subscriptions that are over that they are. One batch; returns how many. Several may
run at once.
@nonnull';

ALTER FUNCTION persona.expire_subscriptions() OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.expire_subscriptions() TO strongroom_runner;
