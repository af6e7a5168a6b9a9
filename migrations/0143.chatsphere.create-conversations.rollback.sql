-- Takes every conversation with it: dump them first.

DROP VIEW chatsphere.user_chatbot_metrics;
SELECT kernel.drop_counter('chatsphere', 'chat_messages_live');
SELECT kernel.drop_counter('chatsphere', 'chat_sessions_live');
DELETE FROM kernel.job WHERE name = 'chatsphere_end_idle_sessions';
DELETE FROM kernel.retention_policy WHERE name IN ('chatsphere_sessions', 'chatsphere_messages');
DELETE FROM kernel.partition_policy WHERE parent = 'chatsphere.chat_messages'::regclass;
DROP TABLE chatsphere.chat_messages;
DROP TABLE chatsphere.chat_sessions;
