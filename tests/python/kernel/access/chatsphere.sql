-- Something of every kind for two people, so that what a role reaches can be told apart.
SET LOCAL session_replication_role = replica;
CREATE TEMPORARY TABLE person ON COMMIT DROP AS
SELECT p.n, ('00000000-0000-4000-8000-00000000000' || p.n)::uuid AS id,
    ('00000000-0000-4000-8000-0000000000b' || p.n)::uuid AS bot
FROM generate_series(1, 2) AS p (n);
INSERT INTO chatsphere.users (id, email, password_hash)
SELECT p.id, 'person' || p.n || '@example.org', '$2b$12$' || repeat('x', 53) FROM person AS p;
INSERT INTO chatsphere.api_keys (user_id, name, prefix, key_hash)
SELECT p.id, 'mine', lpad(p.n::text, 12, '0'), sha256(p.n::text::bytea) FROM person AS p;
INSERT INTO chatsphere.subscriptions (
    user_id, plan_name, price_id, status, current_period_start, current_period_end,
    provider_subscription_id, provider_event_at
)
SELECT p.id, 'pro', 'price', 'active', now(), now() + interval '1 month', 'sub' || p.n, now()
FROM person AS p;
INSERT INTO chatsphere.usage_periods (user_id, usage_period, period_start, used)
SELECT p.id, 'month', date_trunc('month', now(), 'UTC'), 1 FROM person AS p;
INSERT INTO chatsphere.api_usage (user_id, endpoint, tokens_used, response_time_ms, status_code)
SELECT p.id, '/v1/chat', 10, 20, 200 FROM person AS p;
INSERT INTO chatsphere.chatbots (user_id, id, name)
SELECT p.id, p.bot, 'Bot' FROM person AS p;
INSERT INTO chatsphere.training_sources (
    user_id, chatbot_id, id, source_type, content, content_hash
)
SELECT p.id, p.bot, p.id, 'text', 'Text', sha256('Text') FROM person AS p;
INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id)
SELECT p.id, p.bot, p.id FROM person AS p;
INSERT INTO chatsphere.document_chunks (
    user_id, chatbot_id, source_id, chunk_index, language, content, embedding, embedding_model
)
SELECT p.id, p.bot, p.id, 0, 'en', 'Text', array_fill(1, '{1536}')::extensions.halfvec, 'test'
FROM person AS p;
INSERT INTO chatsphere.chat_sessions (user_id, chatbot_id, id, user_identifier, token_hash)
SELECT p.id, p.bot, p.id, repeat(p.n::text, 64), sha256(p.n::text::bytea) FROM person AS p;
INSERT INTO chatsphere.chat_messages (
    user_id, chatbot_id, session_id, role, content, tokens_used
)
SELECT p.id, p.bot, p.id, 'user', 'Hello', 0 FROM person AS p;
INSERT INTO chatsphere.chat_sessions_live_totals (user_id, chatbot_id, counted)
SELECT p.id, p.bot, 1 FROM person AS p;
INSERT INTO chatsphere.chat_sessions_live_deltas (user_id, chatbot_id, counted)
SELECT p.id, p.bot, 1 FROM person AS p;
INSERT INTO chatsphere.chat_messages_live_totals (user_id, chatbot_id, counted, summed)
SELECT p.id, p.bot, 1, 0 FROM person AS p;
INSERT INTO chatsphere.chat_messages_live_deltas (user_id, chatbot_id, counted, summed)
SELECT p.id, p.bot, 1, 0 FROM person AS p;
INSERT INTO chatsphere.analytics_usage (user_id, chatbot_id, metric_type, value)
SELECT p.id, p.bot, 'thumbs_up', 1 FROM person AS p;
INSERT INTO chatsphere.performance_metrics (user_id, chatbot_id, metric_name, value)
SELECT p.id, p.bot, 'answer_seconds', 0.5 FROM person AS p;
INSERT INTO chatsphere.error_logs (user_id, chatbot_id, error_type, error_message)
SELECT p.id, p.bot, 'Timeout', 'It took too long.' FROM person AS p;
