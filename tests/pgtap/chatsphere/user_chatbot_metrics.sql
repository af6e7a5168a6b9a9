-- Figures of bots: exact at any moment, and each account's own.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
SELECT results_eq(
    'SELECT chatbot_id::text COLLATE "default", name, user_id::text COLLATE "default", total_sessions, total_messages, total_tokens FROM chatsphere.user_chatbot_metrics',
    $$ SELECT current_setting('test.bot'), 'Helper', current_setting('test.ann'), 0::bigint, 0::bigint, 0::bigint $$,
    '[C-21] [C-F24] a bot that nobody talked to has figures, and they are nought'
);
SELECT set_config('test.token', o.session_token, true), set_config('test.session', o.session_id::text, true)
FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('a', 64)) AS o;
SELECT chatsphere.open_session(current_setting('test.bot')::uuid, repeat('b', 64));
SELECT chatsphere.say(current_setting('test.token'), 'one');
SELECT chatsphere.say(current_setting('test.token'), 'two');
SET LOCAL ROLE chatsphere_worker;
SELECT chatsphere.answer(
    current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.session')::uuid, 'three', 33
);
SET LOCAL ROLE chatsphere_app;
SELECT results_eq(
    'SELECT total_sessions::integer, total_messages::integer, total_tokens::integer FROM chatsphere.user_chatbot_metrics',
    'VALUES (2, 3, 33)', '[C-21] [C-22] [C-23] [C-31] [C-F1] they follow at once, and nothing is refreshed'
);
RESET ROLE;
UPDATE chatsphere.chat_messages SET tokens_used = 10 WHERE tokens_used = 33;
DELETE FROM chatsphere.chat_messages WHERE content = 'one';
SET LOCAL ROLE chatsphere_app;
SELECT results_eq(
    'SELECT total_sessions::integer, total_messages::integer, total_tokens::integer FROM chatsphere.user_chatbot_metrics',
    'VALUES (2, 2, 10)', '[C-23] also changes and deletions'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.user_chatbot_metrics', '[C-F3] nobody sees the figures of others');
SELECT is_empty('SELECT FROM chatsphere.chat_messages_live', '[C-F3] nor what they are made of');
SELECT set_config('kernel.user_id', '', true);
SELECT is_empty('SELECT FROM chatsphere.user_chatbot_metrics', '[C-F9] [C-F3] nobody none');
SET LOCAL ROLE chatsphere_worker;
SELECT throws_ok('SELECT FROM chatsphere.user_chatbot_metrics', '42501', NULL, 'figures are the owner''s');
RESET ROLE;
SELECT is_empty(
    $$ SELECT FROM pg_class WHERE relnamespace = 'chatsphere'::regnamespace AND relkind = 'm' $$,
    '[C-F1] [C-F2] there is no view to refresh'
);
UPDATE chatsphere.chatbots SET is_active = false;
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT is_empty('SELECT FROM chatsphere.user_chatbot_metrics', '[C-21] bots that are not active are left out');

SELECT * FROM finish();
ROLLBACK;
