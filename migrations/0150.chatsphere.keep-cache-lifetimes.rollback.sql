-- Lifetimes that were changed are lost, and changes are announced no more.

DROP TRIGGER IF EXISTS t90_tell_stale ON chatsphere.chatbots;
DROP TRIGGER IF EXISTS t90_tell_stale ON chatsphere.users;
DROP TABLE chatsphere.cache_lifetimes;
