CREATE OR REPLACE FUNCTION saltbitter.find_login(
    p_email text,
    OUT user_id uuid,
    OUT password_hash text,
    OUT verified boolean
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT u.id, u.password_hash, u.verified
    FROM saltbitter.users AS u
    WHERE u.email = lower(p_email) AND u.erased_at IS NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.find_login(text) IS
'Id and bcrypt hash of the account with this address, so that the program can check a password; no
row if there is none. Runs before there is an identity. Passwords never travel in a statement.
@nonnull';

ALTER FUNCTION saltbitter.find_login(text) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.find_login(text) TO saltbitter_app;
