CREATE OR REPLACE FUNCTION chatsphere.register_user(
    p_email text,
    p_password_hash text,
    p_full_name text DEFAULT NULL,
    p_company_name text DEFAULT NULL
)
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id uuid;
BEGIN
    INSERT INTO chatsphere.users (email, password_hash, full_name, company_name)
    VALUES (lower(btrim(p_email)), p_password_hash, p_full_name, p_company_name)
    RETURNING id INTO v_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION chatsphere.register_user(text, text, text, text) IS
'Opens an account on the free plan, and returns its key. The address is kept in small letters. Runs
before there is an identity. An address that has an account violates users_email_key.
@nonnull';

ALTER FUNCTION chatsphere.register_user(text, text, text, text) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.register_user(text, text, text, text)
TO chatsphere_app, chatsphere_worker;
