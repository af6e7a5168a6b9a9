-- The error has no name again.

COMMENT ON CONSTRAINT chat_messages_session_id_fkey ON chatsphere.chat_messages IS NULL;
