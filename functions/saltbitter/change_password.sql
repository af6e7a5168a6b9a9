CREATE OR REPLACE FUNCTION saltbitter.change_password(p_current_hash text, p_new_hash text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    UPDATE saltbitter.users AS u
    SET password_hash = p_new_hash
    WHERE u.id = v_user_id AND u.password_hash = p_current_hash AND u.erased_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB013',
            MESSAGE = 'the password was not changed',
            DETAIL = 'The account has another hash than the one that was compared.',
            HINT = 'Read the hash again by find_login, and compare the password with it.';
    END IF;
END;
$$;

COMMENT ON FUNCTION saltbitter.change_password(text, text) IS
'Puts a new password hash in the place of the one that the program has just compared, for the
current user. Who has a session alone can''t take an account over: the hash that is there must be
known.
Raises KR001 MissingIdentity, SB013 WrongPassword.';

ALTER FUNCTION saltbitter.change_password(text, text) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.change_password(text, text) TO saltbitter_app;
