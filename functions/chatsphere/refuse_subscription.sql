CREATE OR REPLACE FUNCTION chatsphere.refuse_subscription()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'SP006',
        MESSAGE = 'the subscription belongs to another account',
        DETAIL = 'The provider''s id of it was first told of for somebody else.',
        HINT = 'Look the account up in what the provider sent, and check it there.';
END;
$$;

COMMENT ON FUNCTION chatsphere.refuse_subscription() IS
'Raises SP006 SubscriptionOfAnother.';

GRANT EXECUTE ON FUNCTION chatsphere.refuse_subscription() TO chatsphere_definer;
