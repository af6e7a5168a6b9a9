-- Who has an account, who sees whom, and what stays of an erased person.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'saltbitter.users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('email', 'text', true, NULL),
        ('password_hash', 'text', true, NULL),
        ('verified', 'boolean', true, 'false'),
        ('subscription_tier', 'text', true, '''free''::text'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('last_login_at', 'timestamp with time zone', false, NULL),
        ('erased_at', 'timestamp with time zone', false, NULL),
        ('moved_at', 'timestamp with time zone', false, NULL)
    $$,
    '[S-02] [S-05] [S-10] [S-10.1..S-10.8] [S-F7] users has its columns, and none that a check could let pass as NULL'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'users' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX users_email_key ON saltbitter.users USING btree (email)'),
        ('CREATE UNIQUE INDEX users_pkey ON saltbitter.users USING btree (id)'),
        ('CREATE INDEX users_subscription_tier_idx ON saltbitter.users USING btree (subscription_tier, id) '
            'WHERE (subscription_tier <> ''free''::text)')
    $$,
    '[S-06] [S-10.9, S-10.10] [S-F27] users is found by address, and by paid tier'
);

\set good '$2b$12$abcdefghijklmnopqrstuv1234567890123456789012345678901'
SELECT col_is_pk('saltbitter'::name, 'users'::name, 'id'::name, '[S-03] [S-10.1] a person is known by a random id');

SET LOCAL ROLE saltbitter_app;
SELECT lives_ok(
    format(
        $$ SELECT set_config('test.ann', saltbitter.register_user('Ann@Example.org', %L)::text, true) $$,
        :'good'
    ),
    '[S-10.2] a person registers before there is an identity'
);
SELECT is_empty(
    format($$ SELECT saltbitter.register_user('ann@example.ORG', %L) $$, :'good'),
    '[S-F9] an address in other letters is the same person, who is not told of'
);
SELECT isnt(
    saltbitter.register_user('bob@example.org', :'good')::text, NULL, 'another address is another person'
);
SELECT results_eq(
    $$ SELECT f.user_id::text, f.verified FROM saltbitter.find_login('ANN@example.org') AS f $$,
    $$ VALUES (current_setting('test.ann'), false) $$,
    '[S-10.4] a person is found by address, and is not verified yet'
);
SELECT is_empty($$ SELECT saltbitter.find_login('nobody@example.org') $$, 'nobody is found where nobody is');
SELECT throws_ok(
    format($$ SELECT saltbitter.register_user('c@example.org', %L) $$, wrong.hash), '23514', NULL,
    '[S-10.3] [S-39] a password is no ' || wrong.what
)
FROM (
    VALUES
        ('secret', 'password in clear'),
        ('$2b$10$abcdefghijklmnopqrstuv1234567890123456789012345678901', 'hash of a lower cost'),
        ('$2b$12$abcdefghijklmnopqrstuv123456789012345678901234567890', 'hash that was cut'),
        ('$2x$12$abcdefghijklmnopqrstuv1234567890123456789012345678901', 'hash of a broken kind'),
        ('*', 'mark of the erased')
) AS wrong (hash, what);
SELECT throws_ok(
    format($$ SELECT saltbitter.register_user(%L, %L) $$, wrong.email, :'good'), '23514', NULL,
    '[S-F9] an address is not ' || coalesce(nullif(wrong.email, ''), 'empty')
)
FROM (
    VALUES (''), ('ann'), ('ann@example'), ('ann b@example.org'), ('ann@b@example.org'),
        (repeat('a', 250) || '@x.org'), ('1@erased.invalid')
) AS wrong (email);
SELECT throws_ok(
    format($$ SELECT saltbitter.register_user(NULL, %L) $$, :'good'), '23502', NULL,
    '[S-10.2] an address is required'
);
SELECT is_empty($$ SELECT id FROM saltbitter.users $$, '[S-F29] without an identity nobody is seen');

SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    $$ SELECT email FROM saltbitter.users $$, $$ VALUES ('ann@example.org') $$,
    '[S-41] [S-F29] one sees oneself alone'
);
SELECT throws_ok(
    $$ SELECT password_hash FROM saltbitter.users $$, '42501', NULL, '[S-41] and not even the own hash'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.users SET subscription_tier = 'elite' $$, '42501', NULL,
    '[S-F11] nobody gives themselves a tier'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.users SET verified = true $$, '42501', NULL, 'nor says that they are verified'
);
SELECT throws_ok($$ UPDATE saltbitter.users SET email = 'x@y.zz' $$, '42501', NULL, 'nor moves an address by hand');
SELECT lives_ok(
    $$ UPDATE saltbitter.users SET last_login_at = now() $$, '[S-10.8] one may say that one was here'
);
SELECT throws_matching(
    format('UPDATE saltbitter.users SET last_login_at = %L', wrong.moment), 'users_last_login_at_range_check',
    '[S-10.8] but not at ' || wrong.moment
)
FROM (VALUES ('infinity'), ('-infinity'), ('10000-01-01+00')) AS wrong (moment);
SELECT is(saltbitter.change_email('bob@example.org'), false, 'an address of somebody else can''t be taken');
SELECT is(saltbitter.change_email('Ann2@example.org'), true, 'one of nobody can');
SELECT throws_ok($$ DELETE FROM saltbitter.users $$, '42501', NULL, 'nobody deletes an account by hand');

SET LOCAL ROLE saltbitter_worker;
SELECT is((SELECT count(*) FROM saltbitter.users), 2::bigint, 'a job sees everybody');
SELECT throws_ok($$ SELECT password_hash FROM saltbitter.users $$, '42501', NULL, '[S-41] but no hash');
SELECT lives_ok(
    $$ UPDATE saltbitter.users SET verified = true WHERE email = 'ann2@example.org' $$,
    '[S-10.4] a job may verify'
);
SET LOCAL ROLE saltbitter_app;
SELECT saltbitter.change_email('ann3@example.org');
SELECT is((SELECT verified FROM saltbitter.users), false, '[S-10.4] a new address is to be verified anew');

RESET ROLE;
SELECT throws_ok(
    $$ UPDATE saltbitter.users SET subscription_tier = 'gold' $$, '23514', NULL, '[S-10.5] [S-F12] there are three tiers'
);
UPDATE saltbitter.users SET updated_at = '2020-01-01' WHERE email = 'ann3@example.org';
SELECT is(
    (SELECT updated_at FROM saltbitter.users WHERE email = 'ann3@example.org'), now(),
    '[S-10.7] [S-F24] updated_at is kept by the database'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.users SET erased_at = now() WHERE email = 'ann3@example.org' $$, '23514', NULL,
    'an erased person leaves nothing but the id and the moment'
);
SELECT lives_ok(
    $$
    UPDATE saltbitter.users
    SET email = id || '@erased.invalid', password_hash = '*', verified = false, created_at = now(),
        last_login_at = NULL, moved_at = NULL, erased_at = now()
    WHERE email = 'ann3@example.org'
    $$,
    'a tombstone may stay'
);
SET LOCAL ROLE saltbitter_app;
SELECT is_empty(
    format('SELECT saltbitter.find_login(%L)', current_setting('test.ann') || '@erased.invalid'),
    'and can''t log in'
);
RESET ROLE;
SELECT has_extension('extensions'::name, 'postgis'::name, '[S-01] [S-07] [S-46] PostGIS is there, in a schema of its own');
SELECT hasnt_extension('pgcrypto', '[S-07] [S-46] [S-F25] no extension is needed for random ids');

SELECT * FROM finish();
ROLLBACK;
