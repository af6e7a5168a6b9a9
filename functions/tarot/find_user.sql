CREATE OR REPLACE FUNCTION tarot.find_user(p_telegram_id bigint)
RETURNS SETOF bigint
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id
    FROM tarot.users AS u
    WHERE u.telegram_id = p_telegram_id AND u.erased_at IS NULL;
END;
$$;

COMMENT ON FUNCTION tarot.find_user(bigint) IS
'The id of the person with this telegram id; no row if there is none. Runs before there is an
identity, so it tells nothing but the id.
@nonnull';

ALTER FUNCTION tarot.find_user(bigint) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.find_user(bigint) TO tarot_app, tarot_worker;
