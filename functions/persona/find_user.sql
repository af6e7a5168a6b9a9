CREATE OR REPLACE FUNCTION persona.find_user(p_telegram_id bigint)
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
    FROM persona.users AS u
    WHERE u.telegram_id = p_telegram_id;
END;
$$;

COMMENT ON FUNCTION persona.find_user(bigint) IS
'The id of the person with this telegram id; no row if there is none. Runs before there is an
identity, so it tells nothing but the id.
@nonnull';

ALTER FUNCTION persona.find_user(bigint) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.find_user(bigint) TO persona_app, persona_worker;
