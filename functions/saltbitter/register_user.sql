CREATE OR REPLACE FUNCTION saltbitter.register_user(p_email text, p_password_hash text)
RETURNS SETOF uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- A violation of the unique key would say whose address it is, in the server's log.
    RETURN QUERY
    INSERT INTO saltbitter.users AS u (email, password_hash)
    VALUES (lower(p_email), p_password_hash)
    ON CONFLICT (email) DO NOTHING
    RETURNING u.id;
END;
$$;

COMMENT ON FUNCTION saltbitter.register_user(text, text) IS
'Makes an account that is not verified yet, and gives its id; no row where the address has one
already. Runs before there is an identity. Answer the visitor the same either way, and tell the rest
by mail.
@nonnull';

ALTER FUNCTION saltbitter.register_user(text, text) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.register_user(text, text)
TO saltbitter_app, saltbitter_worker;
