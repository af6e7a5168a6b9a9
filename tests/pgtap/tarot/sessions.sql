-- Sessions with the bot: a token that is nowhere, an end, and nobody else's.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(31);

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'tarot.sessions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'bigint', true, NULL),
        ('id', 'bigint', true, NULL),
        ('token_hash', 'bytea', true, NULL),
        ('context', 'jsonb', true, '''{}''::jsonb'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('expires_at', 'timestamp with time zone', true, NULL)
    $$,
    '[T-23] there is a table to fill a cache of sessions from'
);
SELECT col_is_pk('tarot'::name, 'sessions'::name, ARRAY['user_id', 'id']::name[], 'keyed by person and number');
SELECT col_is_unique('tarot'::name, 'sessions'::name, 'token_hash'::name, 'a token opens one session');
SELECT has_index('tarot'::name, 'sessions'::name, 'sessions_expires_at_idx'::name, 'expires_at'::name, 'what is over is found');

SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true);
SELECT set_config('test.bob', tarot.register_user(1002, 'bob')::text, true);

SET LOCAL ROLE tarot_app;
SELECT throws_ok($$ SELECT tarot.open_session() $$, 'KR001', NULL, 'nobody has no session');
SELECT set_config('kernel.user_id', '999999', true);
SELECT throws_ok($$ SELECT tarot.open_session() $$, 'TR009', NULL, 'nor has somebody who was never there');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT throws_ok($$ SELECT tarot.open_session('0') $$, '23514', NULL, 'a session lasts');
SELECT throws_ok($$ SELECT tarot.open_session('91 days') $$, '23514', NULL, 'and ends');
SELECT set_config('test.token', s.session_token, true), set_config('test.id', s.session_id::text, true)
FROM tarot.open_session('2 days') AS s;
SELECT matches(current_setting('test.token'), '^ts_[A-Za-z0-9_-]{43}$', 'a token is long and random');
SELECT isnt(
    (SELECT s.session_token FROM tarot.open_session() AS s), current_setting('test.token'),
    'and never the same twice'
);
SELECT throws_ok($$ SELECT token_hash FROM tarot.sessions $$, '42501', NULL, 'nobody reads what is kept of it');
SELECT throws_ok(
    $$ UPDATE tarot.sessions SET expires_at = 'infinity' $$, '42501', NULL, 'nobody makes a session longer'
);
SELECT throws_ok(
    $$ UPDATE tarot.sessions SET context = '[]' $$, '23514', NULL, 'what is remembered is an object'
);
SELECT throws_ok(
    $$ UPDATE tarot.sessions SET context = jsonb_build_object('x', repeat('x', 8192)) $$, '23514', NULL,
    'and small'
);
SELECT lives_ok(
    $$ UPDATE tarot.sessions SET context = '{"spread": "three"}' WHERE id = current_setting('test.id')::bigint $$,
    'the context can be written'
);

-- Before there is an identity.
SELECT set_config('kernel.user_id', '', true);
SELECT results_eq(
    $$
    SELECT f.user_id, f.session_id, f.context, f.expires_at - now(), f.cache_until - now()
    FROM tarot.find_session(current_setting('test.token')) AS f
    $$,
    $$
    VALUES (
        current_setting('test.ann')::bigint, current_setting('test.id')::bigint, '{"spread": "three"}'::jsonb,
        interval '2 days', interval '1 hour'
    )
    $$,
    '[T-23] a token tells whose session it opens, and that a cache may keep it for an hour'
);
SELECT is_empty($$ SELECT * FROM tarot.find_session('ts_' || repeat('A', 43)) $$, 'another token tells nothing');
SELECT is_empty($$ SELECT * FROM tarot.find_session(NULL) $$, 'nor does none');
SELECT is_empty($$ SELECT id FROM tarot.sessions $$, 'nobody sees a session');

-- Others.
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty($$ SELECT id FROM tarot.sessions $$, 'nobody sees the sessions of others');
SELECT is_empty($$ DELETE FROM tarot.sessions RETURNING id $$, 'nor ends them');
SELECT is_empty($$ UPDATE tarot.sessions SET context = '{}' RETURNING id $$, 'nor writes into them');
RESET ROLE;
SELECT is(
    (SELECT s.token_hash FROM tarot.sessions AS s WHERE s.id = current_setting('test.id')::bigint),
    sha256(convert_to(current_setting('test.token'), 'UTF8')), 'what is kept is the hash'
);

-- A cache keeps nothing beyond the end.
UPDATE tarot.cache_lifetimes SET lifetime = '1 day' WHERE entry = 'session';
UPDATE tarot.sessions SET expires_at = now() + '5 minutes' WHERE id = current_setting('test.id')::bigint;
SELECT is(
    (SELECT f.cache_until - now() FROM tarot.find_session(current_setting('test.token')) AS f),
    interval '5 minutes', '[T-23] a cache shows no session beyond its end'
);

-- Whoever is not active, or was erased, opens nothing.
UPDATE tarot.users SET is_active = false WHERE id = current_setting('test.ann')::bigint;
SELECT is_empty(
    $$ SELECT * FROM tarot.find_session(current_setting('test.token')) $$, 'a closed person''s token opens nothing'
);
UPDATE tarot.users SET is_active = true WHERE id = current_setting('test.ann')::bigint;
SELECT isnt_empty($$ SELECT * FROM tarot.find_session(current_setting('test.token')) $$, 'until they are back');
UPDATE tarot.sessions SET created_at = now() - '2 h'::interval, expires_at = now() - '1 h'::interval
WHERE id = current_setting('test.id')::bigint;
SELECT is_empty($$ SELECT * FROM tarot.find_session(current_setting('test.token')) $$, 'a session that is over opens nothing');

-- The end.
SET LOCAL ROLE strongroom_runner;
SELECT is(kernel.apply_retention('bot_sessions'), 1::bigint, '[T-02] what is over is deleted');
SELECT is(kernel.apply_retention('bot_sessions'), 0::bigint, 'once');
RESET ROLE;
SELECT is((SELECT count(*) FROM tarot.sessions), 1::bigint, 'and what goes on stays');
SELECT is(
    (SELECT c.confdeltype FROM pg_constraint AS c WHERE c.conname = 'sessions_user_id_fkey'
        AND c.conrelid = 'tarot.sessions'::regclass),
    'c', 'sessions go with the person'
);

SELECT * FROM finish();
ROLLBACK;
