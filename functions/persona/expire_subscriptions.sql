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
    v_people CONSTANT bigint[] := ARRAY(
        SELECT u.id
        FROM persona.users AS u
        WHERE u.id = ANY (
            ARRAY(
                (
                    SELECT s.user_id
                    FROM persona.subscriptions AS s
                    WHERE s.status = 'active' AND s.expires_at <= now()
                    ORDER BY s.expires_at
                    LIMIT c_batch
                )
                UNION
                (
                    SELECT s.user_id
                    FROM persona.subscriptions AS s
                    WHERE s.status = 'upcoming' AND s.started_at <= now()
                    ORDER BY s.started_at
                    LIMIT c_batch
                )
            )
        )
        FOR NO KEY UPDATE SKIP LOCKED
    );
BEGIN
    RETURN persona.roll_subscriptions(v_people);
END;
$$;

COMMENT ON FUNCTION persona.expire_subscriptions() IS
'A job: says of subscriptions that are over that they are, and begins those that waited for it. One
batch; returns how many. Several may run at once.
@nonnull';

ALTER FUNCTION persona.expire_subscriptions() OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.expire_subscriptions() TO strongroom_runner;
