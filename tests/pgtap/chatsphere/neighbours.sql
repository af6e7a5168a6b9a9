-- Two accounts with two bots each, whose sources and conversations have the same keys: what is done to one
-- leaves all others as they are.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

\ir ../kernel/_changes.sql
CREATE FUNCTION pg_temp.vector() RETURNS extensions.halfvec LANGUAGE sql
AS $$ SELECT array_fill(1, ARRAY[1536])::extensions.halfvec $$;
INSERT INTO chatsphere.users (id, email, password_hash, is_active)
SELECT pg_temp.nr(n), format('user%s@example.org', n), '$2b$12$' || repeat('x', 53), n < 3
FROM generate_series(1, 3) AS n;
INSERT INTO chatsphere.chatbots (user_id, id, name, language)
SELECT pg_temp.nr(bot / 10), pg_temp.nr(bot), 'Bot ' || bot, 'de' FROM unnest('{11,12,21,22,31}'::integer[]) AS bot;
INSERT INTO chatsphere.training_sources (user_id, chatbot_id, id, source_type, content, content_hash)
SELECT b.user_id, b.id, pg_temp.nr(n), 'text', 'text ' || n, sha256(format('text %s', n)::bytea)
FROM chatsphere.chatbots AS b, generate_series(101, 102) AS n
WHERE b.user_id <> pg_temp.nr(3);
INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id, lease_id, attempts, available_at)
SELECT s.user_id, s.chatbot_id, s.id, pg_temp.nr(200), 1, now() + interval '1 hour' FROM chatsphere.training_sources AS s;
INSERT INTO chatsphere.document_chunks (
    user_id, chatbot_id, id, source_id, chunk_index, language, content, embedding, embedding_model
)
SELECT
    s.user_id, s.chatbot_id, gen_random_uuid(), s.id, n, 'de', format('Seite %s von %s', n, right(s.chatbot_id::text, 2)),
    pg_temp.vector(), 'm'
FROM chatsphere.training_sources AS s, generate_series(0, 1) AS n;
INSERT INTO chatsphere.chat_sessions (
    user_id, chatbot_id, id, user_identifier, token_hash, started_at, last_active_at
)
SELECT
    b.user_id, b.id, pg_temp.nr(n), repeat(n - 300 || '', 64),
    chatsphere.hash_secret(format('vt_%s_%s', right(b.id::text, 2), n)), now() - interval '1 hour', now() - interval '1 hour'
FROM chatsphere.chatbots AS b, generate_series(301, 302) AS n
WHERE b.user_id <> pg_temp.nr(3);
INSERT INTO chatsphere.chat_messages (user_id, chatbot_id, session_id, id, role, content, tokens_used)
SELECT s.user_id, s.chatbot_id, s.id, pg_temp.nr(n), 'user', format('%s of %s', n, s.user_identifier), 0
FROM chatsphere.chat_sessions AS s, generate_series(401, 402) AS n;
INSERT INTO chatsphere.api_keys (user_id, id, name, prefix, key_hash)
SELECT u.id, pg_temp.nr(k), 'key', lpad(right(u.id::text, 1) || k, 12, '0'),
    chatsphere.hash_secret(format('sk_%s_x', lpad(right(u.id::text, 1) || k, 12, '0')))
FROM chatsphere.users AS u, generate_series(501, 502) AS k;
INSERT INTO chatsphere.subscriptions (
    user_id, id, plan_name, price_id, status, current_period_start, current_period_end, cancel_at_period_end,
    provider_subscription_id, provider_event_at
)
SELECT
    u.id, pg_temp.nr(n), 'pro', 'p', CASE n WHEN 601 THEN 'canceled' ELSE 'active' END, now() - interval '30 days',
    CASE WHEN u.id = pg_temp.nr(1) THEN now() - interval '2 days' ELSE now() - interval '2 hours' END,
    true, right(u.id::text, 1) || '-' || n, now() - interval '3 days'
FROM chatsphere.users AS u, generate_series(601, 602) AS n;

CREATE FUNCTION pg_temp.app(p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('chatsphere', 'chatsphere_app', pg_temp.nr(1)::text, p_call) $$;
CREATE FUNCTION pg_temp.worker(p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('chatsphere', 'chatsphere_worker', '', p_call) $$;
CREATE FUNCTION pg_temp.runner(p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('chatsphere', 'strongroom_runner', '', p_call) $$;

-- Visitors.
SELECT is(
    pg_temp.app($$ SELECT chatsphere.say('vt_11_301', 'hello') $$),
    '{+chat_messages 1/11/301,~chat_sessions 1/11/301,+usage_periods 1}', '[C-F10] a visitor speaks in one conversation'
);
UPDATE chatsphere.chat_sessions SET last_active_at = now() - interval '59 seconds' WHERE token_hash = chatsphere.hash_secret('vt_11_301');
SELECT is(
    pg_temp.app($$ SELECT chatsphere.say('vt_11_301', 'again') $$),
    '{+chat_messages 1/11/301,~usage_periods 1}', 'and is noted to be active once a minute'
);
SELECT results_eq(
    $$ SELECT r.content FROM chatsphere.read_session('vt_12_301') AS r $$,
    $$ SELECT format('%s of %s', n, repeat('1', 64)) FROM generate_series(401, 402) AS n $$,
    '[C-F10] reads this one alone'
);
SELECT results_eq(
    $$ SELECT r.content FROM chatsphere.read_session('vt_12_301', 1) AS r $$,
    $$ SELECT format('402 of %s', repeat('1', 64)) $$, 'and what was said last, where not all is asked for'
);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.end_session('vt_11_301') $$), '{~chat_sessions 1/11/301}', '[C-15.6] and ends it'
);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.forget_visitor(pg_temp.nr(11), repeat('2', 64)) $$),
    '{-chat_messages 1/11/302/401,-chat_messages 1/11/302/402,-chat_sessions 1/11/302}',
    '[C-F26] an owner forgets one visitor of one bot'
);
SELECT results_eq(
    format('SELECT DISTINCT right(c.content, 2) FROM %s AS c', call), $$ VALUES ('11') $$,
    '[C-F10] a search is of one bot: ' || call
)
FROM (
    VALUES
        ($$ chatsphere.search_bot_chunks(pg_temp.nr(1), pg_temp.nr(11), 'Seite') $$),
        ($$ chatsphere.search_bot_chunks(pg_temp.nr(1), pg_temp.nr(11), 'seit') $$),
        ($$ chatsphere.search_bot_chunks(
            pg_temp.nr(1), pg_temp.nr(11), NULL, pg_temp.vector(), 'm'
        ) $$)
) AS search (call);

-- Owners.
SELECT is(
    pg_temp.app($$ SELECT chatsphere.add_source(pg_temp.nr(11), 'text', 'new') $$),
    '{+training_jobs 1/11,+training_sources 1/11}', '[C-F23] a source is added to one bot'
);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.revoke_api_key(pg_temp.nr(501)) $$), '{~api_keys 1/501}', '[C-F12] one key is revoked'
);
UPDATE chatsphere.api_keys SET revoked_at = now() - interval '1 day' WHERE id = pg_temp.nr(501) AND user_id = pg_temp.nr(1);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.revoke_api_key(pg_temp.nr(501)) $$), '{}', 'for good, from the first time on'
);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.change_password('$2b$12$' || repeat('x', 53), '$2b$12$' || repeat('y', 53)) $$),
    '{~users 1}', '[C-F11] one password is changed, if others are the same or not'
);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.authenticate_api_key('sk_000000002501_x') $$), '{~api_keys 2/501}',
    '[C-F12] one key is noted to be in use'
);
SELECT is(pg_temp.app($$ SELECT chatsphere.authenticate_api_key('sk_000000002501_x') $$), '{}', 'once a minute');
UPDATE chatsphere.api_keys SET last_used_at = now() - interval '61 seconds' WHERE prefix = '000000002501';
SELECT is(
    pg_temp.app($$ SELECT chatsphere.authenticate_api_key('sk_000000002501_x') $$), '{~api_keys 2/501}', 'and again after one'
);
SELECT is_empty(
    $$ SELECT FROM chatsphere.authenticate_api_key('sk_000000003501_x') $$, '[C-10.9] a closed account has no key'
);
SELECT set_config('kernel.user_id', pg_temp.nr(3)::text, true);
SELECT throws_ok('SELECT chatsphere.' || call, 'SP002', NULL, '[C-10.9] a closed account can''t ' || call)
FROM (
    VALUES
        ('create_chatbot(''new'')'), ('add_source(pg_temp.nr(31), ''text'', ''new'')'), ('create_api_key(''new'')'),
        ('reserve_usage()')
) AS closed (call);

-- Workers, each with a lease that is called as others are.
SELECT is(
    pg_temp.worker($$ SELECT chatsphere.extend_lease(pg_temp.nr(1), pg_temp.nr(11), pg_temp.nr(101), pg_temp.nr(200)) $$),
    '{~training_jobs 1/11/101}', '[C-F23] one lease is extended'
);
SELECT is(
    (SELECT available_at FROM chatsphere.training_jobs
    WHERE user_id = pg_temp.nr(1) AND chatbot_id = pg_temp.nr(11) AND source_id = pg_temp.nr(101)),
    now() + interval '5 minutes', 'from now on'
);
SELECT throws_ok(
    format('SELECT chatsphere.extend_lease(pg_temp.nr(1), pg_temp.nr(11), pg_temp.nr(101), pg_temp.nr(200), %L)', wrong),
    'SP007', NULL, 'no lease lasts ' || coalesce(wrong, 'NULL')
)
FROM unnest('{999 ms,1 day 1 s,NULL}'::text[]) AS wrong;
UPDATE chatsphere.training_jobs SET lease_id = pg_temp.nr(201) WHERE user_id = pg_temp.nr(1) AND source_id = pg_temp.nr(102)
    AND chatbot_id = pg_temp.nr(12);
SELECT throws_ok(
    format('SELECT chatsphere.extend_lease(pg_temp.nr(1), pg_temp.nr(%s), pg_temp.nr(%s), pg_temp.nr(201))', bot, source),
    'SP012', NULL, format('[C-F23] nobody extends the lease of another: %s/%s', bot, source)
)
FROM (VALUES (11, 101), (11, 102), (12, 101)) AS other (bot, source);
SELECT is(
    pg_temp.worker($$
    SELECT chatsphere.store_chunk(
        pg_temp.nr(1), pg_temp.nr(11), pg_temp.nr(101), pg_temp.nr(200), 9, 'x',
        pg_temp.vector(), 'm'
    ) $$),
    '{+document_chunks 1/11}', '[C-20] a piece is of one source'
);
SELECT is(
    pg_temp.worker($$
    SELECT chatsphere.trim_chunks(pg_temp.nr(1), pg_temp.nr(11), pg_temp.nr(101), pg_temp.nr(200), 1)
    $$),
    '{-document_chunks 1/11,-document_chunks 1/11}', '[C-20] and so are those that are trimmed'
);
SELECT is(
    pg_temp.worker($$
    SELECT chatsphere.fail_source(pg_temp.nr(1), pg_temp.nr(11), pg_temp.nr(101), pg_temp.nr(200), 'no')
    $$),
    '{~training_jobs 1/11/101,~training_sources 1/11/101}', '[C-F23] one source fails'
);
SELECT is(
    pg_temp.worker($$
    SELECT chatsphere.complete_source(pg_temp.nr(1), pg_temp.nr(11), pg_temp.nr(102), pg_temp.nr(200))
    $$),
    '{-training_jobs 1/11/102,~training_sources 1/11/102}', '[C-F23] one is done'
);
SELECT is(
    pg_temp.app($$ SELECT chatsphere.retry_source(pg_temp.nr(11), pg_temp.nr(102)) $$),
    '{+training_jobs 1/11/102,~training_sources 1/11/102}', '[C-F23] and one is tried again'
);
UPDATE chatsphere.users SET support_access_until = now() + interval '1 hour' WHERE id = pg_temp.nr(1);
SELECT set_config('kernel.actor', 'eve', true);
SELECT results_eq(
    $$ SELECT s.content FROM chatsphere.support_conversation(pg_temp.nr(1), pg_temp.nr(12), pg_temp.nr(302)) AS s $$,
    $$ SELECT format('%s of %s', n, repeat('2', 64)) FROM generate_series(402, 401, -1) AS n $$,
    'support reads one conversation, what was said last first'
);
SELECT is(
    (SELECT count(*) FROM chatsphere.support_conversation(pg_temp.nr(1), pg_temp.nr(12), pg_temp.nr(302), 1)), 1::bigint,
    'and no more of it than asked for'
);
SELECT throws_ok(
    $$ SELECT chatsphere.support_conversation(pg_temp.nr(2), pg_temp.nr(21), pg_temp.nr(301)) $$, 'SP015', NULL,
    'and of no account that did not allow it'
);
SELECT is(
    pg_temp.worker($$
    SELECT chatsphere.sync_subscription(
        pg_temp.nr(2), '2-602', now(), 'starter', 'p', 'active', now(), now() + interval '1 day'
    ) $$),
    '{~subscriptions 2/602,~users 2}', '[C-F19] one subscription changes'
);

-- Limits are those of the own plan: 1 and 2 are on others, and have two bots with two or three sources each.
UPDATE chatsphere.plans SET chatbot_limit = 2, source_limit = 3, usage_limit = 4, usage_period = 'day' WHERE plan_name = 'starter';
UPDATE chatsphere.users SET usage_limit = 4 WHERE id = pg_temp.nr(2);
SELECT set_config('kernel.user_id', pg_temp.nr(2)::text, true);
SELECT throws_ok($$ SELECT chatsphere.create_chatbot('third') $$, 'SP008', NULL, '[C-F18] the plan''s bots');
SELECT lives_ok(
    $$ SELECT chatsphere.add_source(pg_temp.nr(21), 'text', 'third') $$, '[C-F18] each bot has the plan''s sources'
);
SELECT throws_ok($$ SELECT chatsphere.add_source(pg_temp.nr(21), 'text', 'fourth') $$, 'SP010', NULL, '[C-F18] and no more');
SELECT is(
    (SELECT period_end - period_start FROM chatsphere.reserve_usage()), interval '1 day', '[C-32] and the plan''s period'
);
SELECT set_config('kernel.user_id', pg_temp.nr(1)::text, true);
SELECT lives_ok($$ SELECT chatsphere.create_chatbot('third') $$, '[C-F18] another plan has others');

-- Jobs.
UPDATE chatsphere.training_jobs SET attempts = 5 WHERE user_id = pg_temp.nr(2) AND lease_id IS NOT NULL;
UPDATE chatsphere.training_jobs SET available_at = now() - interval '1 second'
WHERE chatbot_id IN (pg_temp.nr(12), pg_temp.nr(21)) AND source_id = pg_temp.nr(101);
SELECT is(
    pg_temp.runner('SELECT chatsphere.bury_sources()'), '{-training_jobs 2/21/101,~training_sources 2/21/101}',
    '[C-F23] given up is what was tried five times, when its last lease is over'
);
UPDATE chatsphere.chat_sessions SET last_active_at = now() - interval '3 hours'
WHERE chatbot_id = pg_temp.nr(22) AND id = pg_temp.nr(301);
SELECT is(
    pg_temp.runner('SELECT chatsphere.end_idle_sessions()'), '{~chat_sessions 2/22/301}', 'one conversation is idle'
);
UPDATE chatsphere.subscriptions
SET cancel_at_period_end = false, current_period_start = now() - interval '3 days', current_period_end = now() - interval '2 days'
WHERE user_id = pg_temp.nr(2);
SELECT is(
    pg_temp.runner('SELECT chatsphere.end_subscriptions()'), '{~subscriptions 1/602,~users 1}',
    '[C-F19] ended is what was not to renew, a day after its end'
);

SELECT * FROM finish();
ROLLBACK;
