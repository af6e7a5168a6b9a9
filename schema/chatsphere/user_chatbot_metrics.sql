CREATE VIEW chatsphere.user_chatbot_metrics WITH (security_invoker = true) AS
SELECT
    c.id AS chatbot_id,
    c.name,
    c.user_id,
    coalesce(s.counted, 0) AS total_sessions,
    coalesce(m.counted, 0) AS total_messages,
    coalesce(m.summed, 0) AS total_tokens
FROM chatsphere.chatbots AS c
LEFT JOIN chatsphere.chat_sessions_live AS s
    ON s.user_id = c.user_id AND s.chatbot_id = c.id
LEFT JOIN chatsphere.chat_messages_live AS m
    ON m.user_id = c.user_id AND m.chatbot_id = c.id
WHERE c.is_active;

COMMENT ON VIEW chatsphere.user_chatbot_metrics IS
'How much each active bot is used: conversations and messages that are there, and their tokens.
Exact at any moment: counters of the kernel keep the figures, and nothing is refreshed.
@row UserChatbotMetrics';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.chatbot_id IS
'The bot.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.name IS
'What it is called.
@personal content
@erase keep a view';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.user_id IS
'Whose bot it is.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.total_sessions IS
'Its conversations.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.total_messages IS
'Messages in them, of visitors and of the bot.
@internal';
COMMENT ON COLUMN chatsphere.user_chatbot_metrics.total_tokens IS
'Tokens that the messages took.
@internal';

GRANT SELECT ON chatsphere.user_chatbot_metrics TO chatsphere_app;
