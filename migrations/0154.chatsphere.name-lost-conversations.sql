-- Give the error of who answers in a conversation that is gone a name.
-- depends: 0153.chatsphere.bound-told-moments
-- locks: none that anyone waits for

COMMENT ON CONSTRAINT chat_messages_session_id_fkey ON chatsphere.chat_messages IS
'@error UnknownConversation The bot has no such conversation, or it was deleted.';
