CREATE OR REPLACE FUNCTION chatsphere.lock_account(p_user_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM FROM chatsphere.users AS u WHERE u.id = p_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_account();
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.lock_account(uuid) IS
'Makes every other change of this account wait until the end of the transaction, closed or erased as it
may be: what a provider tells is kept. Raises SP002 UnknownAccount.';

GRANT EXECUTE ON FUNCTION chatsphere.lock_account(uuid) TO chatsphere_definer;
