-- Who is known, who sees whom, and what stays of an erased person.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(54);

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'tarot.users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('telegram_id', 'bigint', true, NULL),
        ('username', 'text', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('last_active_at', 'timestamp with time zone', false, NULL),
        ('is_active', 'boolean', true, 'true'),
        ('subscription_tier', 'text', true, '''basic''::text'),
        ('subscription_expires_at', 'timestamp with time zone', false, NULL),
        ('erased_at', 'timestamp with time zone', false, NULL)
    $$,
    '[T-01] [T-10.1..T-10.8] [T-F18] users has its columns, and none that a check could let pass as NULL'
);
SELECT col_is_pk('tarot'::name, 'users'::name, 'id'::name, '[T-10.1] a person is known by id');
SELECT is(
    (SELECT attidentity::text FROM pg_attribute WHERE attrelid = 'tarot.users'::regclass AND attname = 'id'),
    'a', '[T-10.1] which the database counts'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'tarot' AND tablename = 'users' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX users_last_active_at_idx ON tarot.users USING btree (last_active_at) WHERE is_active'),
        ('CREATE UNIQUE INDEX users_pkey ON tarot.users USING btree (id)'),
        ('CREATE INDEX users_subscription_expires_at_idx ON tarot.users USING btree (subscription_expires_at) '
            'WHERE ((subscription_tier <> ''basic''::text) AND is_active)'),
        ('CREATE UNIQUE INDEX users_telegram_id_key ON tarot.users USING btree (telegram_id)')
    $$,
    '[T-10.10..T-10.13] [T-18] [T-19] [T-F1, T-F15, T-F16] users has the indexes it needs and no other'
);

SET LOCAL ROLE tarot_app;
SELECT lives_ok(
    $$ SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true) $$,
    '[T-14] a person registers before there is an identity'
);
SELECT is(
    tarot.register_user(1001, 'other'), current_setting('test.ann')::bigint,
    'registering again answers with the same person'
);
SELECT lives_ok(
    $$ SELECT set_config('test.bob', tarot.register_user(1002, NULL)::text, true) $$,
    'a person without a username registers'
);
SELECT isnt(current_setting('test.bob'), current_setting('test.ann'), 'another telegram id is another person');
SELECT results_eq(
    $$ SELECT tarot.find_user(1001) $$, $$ SELECT current_setting('test.ann')::bigint $$,
    '[T-14] a person is found by telegram id'
);
SELECT is_empty($$ SELECT tarot.find_user(9999) $$, 'nobody is found where nobody is');
SELECT throws_ok(
    $$ SELECT tarot.register_user(0, NULL) $$, '23514', NULL, 'a telegram id is positive'
);
SELECT throws_ok(
    $$ SELECT tarot.register_user(NULL, NULL) $$, '23502', NULL, '[T-10.2] a telegram id is required'
);
SELECT throws_ok(
    $$ SELECT tarot.register_user(1003, repeat('x', 256)) $$, '23514', NULL,
    '[T-10.3] a username has at most 255 characters'
);
SELECT lives_ok($$ SELECT tarot.register_user(1003, repeat('x', 255)) $$, '[T-10.3] and may have that many');
SELECT is_empty($$ SELECT id FROM tarot.users $$, 'without an identity nobody is seen');

SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    $$ SELECT username FROM tarot.users $$, $$ VALUES ('ann') $$,
    'one sees oneself alone, with the first name given'
);
SELECT lives_ok($$ UPDATE tarot.users SET username = 'anna' $$, 'one may change the own name');
SELECT throws_ok(
    $$ UPDATE tarot.users SET subscription_tier = 'premium' $$, '42501', NULL, 'but not the own tier'
);
SELECT throws_ok($$ UPDATE tarot.users SET telegram_id = 7 $$, '42501', NULL, 'nor the telegram id');
SELECT lives_ok(
    $$ UPDATE tarot.users SET last_active_at = now() $$, 'one may say that one is here'
);
SELECT throws_matching(
    format('UPDATE tarot.users SET last_active_at = %L', wrong.moment),
    'users_last_active_at_range_check', 'but not that one was here at ' || wrong.moment
)
FROM (
    VALUES ('infinity'), ('-infinity'), ('4713-01-01 00:00:00+00 BC'), ('10000-01-01+00')
) AS wrong (moment);
SELECT throws_ok($$ DELETE FROM tarot.users $$, '42501', NULL, 'nor leave the table');
SELECT throws_ok(
    $$ INSERT INTO tarot.users (telegram_id) VALUES (1) $$, '42501', NULL, 'nor enter it but by registering'
);

SET LOCAL ROLE tarot_worker;
SELECT is((SELECT count(*) FROM tarot.users), 3::bigint, 'a job sees everybody');
SELECT throws_ok(
    $$ UPDATE tarot.users SET subscription_tier = 'gold', subscription_expires_at = now() $$, '23514', NULL,
    '[T-10.9] there are three tiers'
);
SELECT throws_ok(
    $$ UPDATE tarot.users SET subscription_tier = 'premium' $$, '23514', NULL, '[T-F17] a paid tier has an end'
);
SELECT throws_ok(
    $$ UPDATE tarot.users SET subscription_expires_at = now() $$, '23514', NULL,
    '[T-F17] and the basic one has none'
);
SELECT throws_matching(
    format(
        $$ UPDATE tarot.users SET subscription_tier = 'premium', subscription_expires_at = %L $$,
        wrong.moment
    ),
    'users_subscription_expires_at_range_check',
    '[T-F17] a paid tier does not end at ' || wrong.moment
)
FROM (
    VALUES ('infinity'), ('-infinity'), ('1999-12-31 23:59:59+00'), ('9999-02-01+00')
) AS wrong (moment);

-- The job: two are due, one is not, one is due and can't be reached.
UPDATE tarot.users
SET subscription_tier = 'premium', subscription_expires_at = now() - interval '1 hour'
WHERE telegram_id IN (1001, 1002);
SELECT throws_ok(
    format('SELECT tarot.expire_subscriptions(%s)', wrong.arguments), 'TR014', NULL,
    '[T-20] the job refuses ' || wrong.what
)
FROM (
    VALUES
        ('10, ''infinity''', 'the end of time'), ('10, ''-infinity''', 'the start of time'),
        ('10, NULL', 'no time'), ('0', 'a batch of nothing'), ('-1', 'a batch of less'),
        ('NULL', 'a batch without an end')
) AS wrong (arguments, what);
UPDATE tarot.users
SET subscription_tier = 'professional', subscription_expires_at = now() + interval '1 hour'
WHERE telegram_id = 1003;
SELECT is(tarot.expire_subscriptions(1), 1, '[T-20] the job takes a batch of the size asked for');
SELECT is(tarot.expire_subscriptions(), 1, '[T-20] then the rest');
SELECT is(tarot.expire_subscriptions(), 0, '[T-20] then nothing');
SELECT results_eq(
    $$ SELECT subscription_tier FROM tarot.users ORDER BY telegram_id $$,
    $$ VALUES ('basic'), ('basic'), ('professional') $$,
    '[T-20] who is due is basic again, the others stay'
);
SELECT is(
    tarot.expire_subscriptions(p_now => now() + interval '2 hours'), 1,
    '[T-20] the job can be told what time it is'
);
SELECT throws_ok($$ UPDATE tarot.users SET username = 'x' $$, '42501', NULL, 'a job renames nobody');

RESET ROLE;
UPDATE tarot.users SET updated_at = '2020-01-01' WHERE telegram_id = 1001;
SELECT is(
    (SELECT updated_at FROM tarot.users WHERE telegram_id = 1001), now(),
    '[T-F21] updated_at is kept by the database'
);
SELECT throws_ok(
    $$ UPDATE tarot.users SET erased_at = now() WHERE telegram_id = 1001 $$, '23514', NULL,
    'an erased person leaves nothing but the id and the moment'
);
SELECT lives_ok(
    $$
    UPDATE tarot.users
    SET telegram_id = -id, username = NULL, created_at = now(), last_active_at = NULL, is_active = false,
        erased_at = now()
    WHERE telegram_id = 1001
    $$,
    'a tombstone may stay'
);
SET LOCAL ROLE tarot_app;
SELECT isnt(
    tarot.register_user(1001, 'ann'), current_setting('test.ann')::bigint,
    'who comes back after erasure is a new person'
);
SELECT throws_matching(
    format('SELECT tarot.register_user(-%s, ''group'')', current_setting('test.ann')),
    'users_telegram_id_positive_check', 'a group chat with the number of a tombstone is nobody'
);
SELECT is_empty(
    format('SELECT tarot.find_user(-%s)', current_setting('test.ann')), 'and finds nobody'
);
SET LOCAL ROLE tarot_worker;
SELECT is_empty(
    $$
    UPDATE tarot.users SET is_active = true WHERE id = current_setting('test.ann')::bigint
    RETURNING id
    $$,
    'no job touches a tombstone'
);
RESET ROLE;
SELECT throws_matching(
    $$ DELETE FROM tarot.users WHERE id = current_setting('test.ann')::bigint $$, 'credits_user_id_fkey',
    '[T-F5] a person with an account is not deleted'
);

SELECT * FROM finish();
ROLLBACK;
