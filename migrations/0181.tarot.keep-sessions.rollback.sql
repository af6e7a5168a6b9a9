-- Every session is over; lifetimes that were changed are lost.

DELETE FROM kernel.retention_policy WHERE name = 'bot_sessions';
DROP TABLE tarot.sessions;
DROP TABLE tarot.cache_lifetimes;
