CREATE OR REPLACE FUNCTION chatsphere.refuse_chatbot()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'SP009',
        MESSAGE = 'no such bot',
        DETAIL = 'There is none with this id, or it is not active, or it belongs to somebody else.',
        HINT = 'Take the id from list_chatbots of the account.';
END;
$$;

COMMENT ON FUNCTION chatsphere.refuse_chatbot() IS
'Raises SP009 UnknownChatbot.';

GRANT EXECUTE ON FUNCTION chatsphere.refuse_chatbot() TO chatsphere_definer;
