CREATE OR REPLACE FUNCTION chatsphere.find_login(
    p_email text,
    OUT user_id uuid,
    OUT password_hash text
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
    SELECT u.id, u.password_hash
    FROM chatsphere.users AS u
    WHERE u.email = lower(btrim(p_email)) AND u.is_active AND u.erased_at IS NULL;
END;
$$;

COMMENT ON FUNCTION chatsphere.find_login(text) IS
'Key and password hash of the open account with this address, whatever its letters'' case; no row
if there is none. Runs before there is an identity: the program compares the password with the
hash, and opens a session for the key only then. For an address without a row it compares with a
hash of nobody''s, so that both take as long.
@nonnull';

ALTER FUNCTION chatsphere.find_login(text) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.find_login(text) TO chatsphere_app;
