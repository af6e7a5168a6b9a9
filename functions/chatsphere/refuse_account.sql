CREATE OR REPLACE FUNCTION chatsphere.refuse_account()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'SP002',
        MESSAGE = 'there is no open account for this',
        DETAIL = 'The account of this transaction is closed, blocked, erased, or was never there.',
        HINT = 'Sign in again; a worker may open the account by set_active.';
END;
$$;

COMMENT ON FUNCTION chatsphere.refuse_account() IS
'Raises SP002 UnknownAccount.';

GRANT EXECUTE ON FUNCTION chatsphere.refuse_account() TO chatsphere_definer;
