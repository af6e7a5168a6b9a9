-- People who have all that another has: what is done for one leaves the others' as it is.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

\ir ../kernel/_changes.sql
INSERT INTO persona.users (id, telegram_id, username, first_name, last_name) OVERRIDING SYSTEM VALUE
SELECT 9000000 + n, n, 'user' || n, 'First', 'Last' FROM generate_series(1, 3) AS n;
INSERT INTO persona.user_settings (user_id) SELECT 9000000 + n FROM generate_series(1, 3) AS n;
INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
SELECT 'persona', (9000000 + n)::text, 'personal_data', newest.version, 'ru', true, 'person', 'button'
FROM generate_series(1, 3) AS n,
    kernel.publish_consent_text('persona', 'personal_data', 'ru', 'We keep what you ask.') AS newest (version);
INSERT INTO persona.llm_cache (id, vendor, cache_key, request_payload, response_payload, expires_at, user_id)
OVERRIDING SYSTEM VALUE
SELECT 9000000 + n, 'openai', repeat(n::text, 64), '{}', '"a"', now() + interval '1 day', 9000000 + n
FROM generate_series(1, 3) AS n;
INSERT INTO persona.subscriptions (id, user_id, plan, price, currency, started_at, expires_at, status, payment_reference)
OVERRIDING SYSTEM VALUE
SELECT
    9000010 + k, 9000000 + n, 'pro', 490, 'rub', now() - interval '9 days', now() - make_interval(secs => k),
    CASE k WHEN 0 THEN 'active' ELSE 'expired' END, format('pay %s %s', n, k)
FROM generate_series(1, 3) AS n, generate_series(0, 1) AS k;
UPDATE persona.subscriptions SET expires_at = now() + interval '1 second' WHERE user_id = 9000003 AND status = 'active';

CREATE FUNCTION pg_temp.app(p_n integer, p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('persona', 'persona_app', (9000000 + p_n)::text, p_call) $$;
CREATE FUNCTION pg_temp.worker(p_call text) RETURNS text[] LANGUAGE sql
AS $$ SELECT pg_temp.changes('persona', 'persona_worker', '', p_call) $$;

-- Rights.
INSERT INTO persona.admin_users (user_id, can_view_stats, can_manage_users) VALUES (9000001, false, true);
SELECT results_eq(
    'SELECT u.id FROM persona.users AS u WHERE u.is_admin', 'VALUES (9000001::bigint)', '[P-25] one is an administrator'
);
SELECT throws_ok(
    format('SELECT pg_temp.app(1, %L)', 'SELECT persona.grant_rights(9000002' || rights || ')'), 'LB001', NULL,
    '[P-26] nobody gives what they do not have' || rights
)
FROM unnest(ARRAY['', ', true, false', ', false, true']) AS rights;
SELECT is(
    pg_temp.app(1, 'SELECT persona.grant_rights(9000002, p_can_view_stats => false)'), '{+admin_users 2,~users 2}',
    '[P-25] one becomes an administrator'
);
UPDATE persona.admin_users SET can_manage_keys = true, can_view_stats = true, notes = 'old' WHERE user_id = 9000002;
SELECT is(
    pg_temp.app(1, 'SELECT persona.grant_rights(9000002, true, true, true)'), '{~admin_users 2}',
    '[P-26] who has a right keeps it, though it could not be given'
);
SELECT is((SELECT notes FROM persona.admin_users WHERE user_id = 9000002), 'old', '[P-16.6] as the note, where there is no other');
SELECT throws_ok(
    $$ SELECT pg_temp.app(1, 'SELECT persona.grant_rights(9000003, true, false)') $$, 'LB001', NULL,
    '[P-26] what one has is not another''s to get'
);
SELECT set_config('kernel.user_id', '9000001', true), set_config('kernel.app', 'persona', true);
SELECT results_eq(
    $$ SELECT f.id, f.telegram_id, f.username, f.first_name, f.last_name FROM persona.find_people('@USER2') AS f $$,
    $$ VALUES (9000002::bigint, 2::bigint, 'user2', 'First', 'Last') $$, '[P-29] one is found'
);
SELECT is(
    pg_temp.app(1, $$ SELECT persona.change_settings_of(9000003, 'hi', 'rub', 12.5) $$), '{~user_settings 3}',
    '[P-24] the settings of one are changed'
);
SELECT is(pg_temp.app(1, 'SELECT persona.revoke_rights(9000002)'), '{-admin_users 2,~users 2}', '[P-25] one loses the rights');
SELECT results_eq(
    'SELECT u.id FROM persona.users AS u WHERE u.is_admin', 'VALUES (9000001::bigint)', '[P-25] and the flag with them'
);

-- Answers.
SELECT is(pg_temp.app(1, 'SELECT persona.forget_answers()'), '{-llm_cache 1}', '[P-F15] one forgets their answers');
SELECT is(
    pg_temp.app(2, $$ SELECT persona.withdraw_consent('menu') $$), '{-llm_cache 2}', '[P-30] one takes a consent back'
);

SELECT set_config('kernel.user_id', '9000003', true);
SELECT set_config('test.token', c.token::text, true) FROM persona.claim_answer('openai', repeat('a', 64)) AS c;
SELECT throws_ok(
    format('SELECT persona.store_answer(%L, %L, %L, ''{}'', ''"mine"'', %L)', vendor, key, current_setting('test.token'), private),
    'LB007', NULL, '[P-21] a claim on one answer stores no other: ' || what
)
FROM (
    VALUES ('yandex', repeat('a', 64), true, 'vendor'), ('openai', repeat('b', 64), true, 'key'),
        ('openai', repeat('a', 64), false, 'everybody''s')
) AS other (vendor, key, private, what);
SELECT persona.store_answer('openai', repeat('a', 64), current_setting('test.token')::uuid, '{}', '"mine"');
SELECT is((persona.claim_answer('openai', repeat('a', 64))).outcome, 'hit', '[P-21] it stores its own');
SELECT is((persona.claim_answer('yandex', repeat('a', 64))).outcome, 'claimed', '[P-21] of one vendor');

-- Subscriptions.
SELECT is(pg_temp.app(3, 'SELECT persona.cancel_subscription()'), '{~subscriptions 3/10}', '[P-28] one cancels');
SELECT is(pg_temp.app(3, 'SELECT persona.cancel_subscription()'), '{}', 'once');
SELECT is(
    pg_temp.worker($$ SELECT persona.begin_subscription(9000001, 'pro', 'new') $$),
    '{+subscriptions 1,~subscriptions 1/10}', '[P-28] one begins anew, when what ran is over'
);
SELECT is(
    pg_temp.changes('persona', 'strongroom_runner', '', 'SELECT persona.expire_subscriptions()'), '{~subscriptions 2/10}',
    '[P-28] the job ends what is over'
);

-- Use.
SELECT is(
    pg_temp.app(1, $$ SELECT persona.record_usage('openai', 5) $$), '{+usage_days,+usage_stats}', '[P-23] one uses the bot'
);
SELECT is(
    pg_temp.app(2, $$ SELECT persona.record_usage('openai', 0, 0) $$), '{+usage_days,+usage_stats}', '[P-23] another does, with nothing'
);
SELECT is(
    pg_temp.worker($$ SELECT persona.record_system_usage('openai', 5) $$), '{+usage_days,+usage_stats}',
    '[P-23] the bot does'
);
UPDATE persona.usage_stats SET last_request_at = '2020-01-01' WHERE user_id IS NULL;
UPDATE persona.usage_stats SET last_request_at = '2021-01-01' WHERE user_id = 9000001;
DELETE FROM persona.users WHERE id = 9000001;
SELECT results_eq(
    $$ SELECT s.user_id, s.total_tokens, s.last_request_at::date FROM persona.usage_stats AS s ORDER BY s.user_id $$,
    $$ VALUES (9000002::bigint, 0::bigint, now()::date), (NULL, 10, '2021-01-01') $$,
    '[P-23] and has what those used who are gone, the newest moment with it'
);

SELECT * FROM finish();
ROLLBACK;
