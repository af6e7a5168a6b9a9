CREATE OR REPLACE FUNCTION saltbitter.change_email(p_email text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_email CONSTANT text := lower(p_email);
BEGIN
    UPDATE saltbitter.users AS u
    SET email = v_email,
        verified = u.verified AND u.email = v_email
    WHERE u.id = v_user_id;
    RETURN FOUND;
EXCEPTION
    -- What the violation says names the address.
    WHEN unique_violation THEN
        RETURN false;
END;
$$;

COMMENT ON FUNCTION saltbitter.change_email(text) IS
'Gives the current user another address, which is to be verified anew; false where somebody has it,
and then nothing changes.
@nonnull';

ALTER FUNCTION saltbitter.change_email(text) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.change_email(text) TO saltbitter_app;
