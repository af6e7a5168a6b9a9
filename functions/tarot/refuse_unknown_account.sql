CREATE OR REPLACE FUNCTION tarot.refuse_unknown_account(p_user_id bigint)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'TR009',
        MESSAGE = 'no such account',
        DETAIL = pg_catalog.format('User %s has no account.', coalesce(p_user_id::text, 'NULL')),
        HINT = 'Register the person first.';
END;
$$;

COMMENT ON FUNCTION tarot.refuse_unknown_account(bigint) IS
'Raises TR009 UnknownAccount.';

GRANT EXECUTE ON FUNCTION tarot.refuse_unknown_account(bigint) TO tarot_definer;
