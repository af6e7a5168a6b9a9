-- Accounts: who is known, who sees whom, and what stays of an erased person.
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
    WHERE a.attrelid = 'chatsphere.users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('email', 'text', true, NULL),
        ('password_hash', 'text', true, NULL),
        ('full_name', 'text', false, NULL),
        ('company_name', 'text', false, NULL),
        ('subscription_tier', 'text', true, '''free''::text'),
        ('usage_limit', 'integer', true, '1000'),
        ('is_active', 'boolean', true, 'true'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('support_access_until', 'timestamp with time zone', false, NULL),
        ('erased_at', 'timestamp with time zone', false, NULL)
    $$,
    '[C-01] [C-03] [C-10.1..C-10.6] [C-10.8..C-10.11] [C-F14] users has its columns, required where they should be'
);
SELECT results_eq(
    $$
    SELECT
        k.conname::text COLLATE "default", k.confrelid::regclass::text COLLATE "default",
        k.confdeltype::text COLLATE "default", (
            SELECT string_agg(a.attname, ', 'ORDER BY c.place) COLLATE "default"
            FROM unnest(k.conkey) WITH ORDINALITY AS c (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
        )
    FROM pg_constraint AS k
    WHERE k.conrelid = 'chatsphere.users'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('users_subscription_tier_fkey', 'chatsphere.plans', 'r', 'subscription_tier')
    $$,
    '[C-F19] what users refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'users'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX users_email_key ON chatsphere.users USING btree (email)'),
        ('CREATE UNIQUE INDEX users_pkey ON chatsphere.users USING btree (id)'),
        ('CREATE INDEX users_subscription_tier_idx ON chatsphere.users USING btree (subscription_tier)')
    $$,
    '[C-10.12] [C-F13] [C-F25] users has the indexes it needs and no other'
);

SET LOCAL ROLE chatsphere_app;
SELECT lives_ok(
    $$
    SELECT set_config(
        'test.ann', chatsphere.register_user(' Ann@Example.org', '$2b$12$' || repeat('x', 53))::text, true
    )
    $$,
    '[C-10] an account is opened before there is an identity'
);
SELECT throws_matching(
    $$ SELECT chatsphere.register_user('ANN@example.ORG', '$2b$12$' || repeat('x', 53)) $$,
    'users_email_key', '[C-F22] [C-10.2] an address has one account, whatever its letters'' case'
);
SELECT lives_ok(
    $$
    SELECT set_config(
        'test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('y', 53), 'Bob', 'Bob & Co')::text,
        true
    )
    $$,
    'with names, too'
);
SELECT throws_matching(
    format('SELECT chatsphere.register_user(%L, %L)', wrong.email, '$2b$12$' || repeat('x', 53)),
    'users_email_check', '[C-10.2] no address: ' || wrong.email
)
FROM (
    VALUES ('x'), ('a b@c'), ('@c'), ('a@'), ('a@b@c'), ('someone@erased.invalid'), (repeat('a', 254) || '@b')
) AS wrong (email);
SELECT throws_matching(
    format('SELECT chatsphere.register_user(%L, %L)', 'c@example.org', wrong.hash),
    'users_password_hash_check', '[C-10.3] no hash: ' || left(wrong.hash, 20)
)
FROM (VALUES ('secret'), ('$2b$12$short'), ('$1$' || repeat('x', 53)), ('erased')) AS wrong (hash);
SELECT throws_ok(
    $$ SELECT chatsphere.register_user(NULL, '$2b$12$' || repeat('x', 53)) $$, '23502', NULL,
    '[C-10.2] an address is required'
);
SELECT throws_matching(
    $$ SELECT chatsphere.register_user('c@example.org', '$2b$12$' || repeat('x', 53), repeat('x', 101)) $$,
    'users_full_name_length_check', '[C-10.4] a name has at most 100 characters'
);
SELECT throws_matching(
    $$ SELECT chatsphere.register_user('c@example.org', '$2b$12$' || repeat('x', 53), NULL, repeat('x', 201)) $$,
    'users_company_name_length_check', '[C-10.5] a company''s has at most 200'
);
SELECT results_eq(
    $$ SELECT user_id::text COLLATE "default", password_hash COLLATE "default" FROM chatsphere.find_login('aNN@example.org') $$,
    $$ SELECT current_setting('test.ann'), '$2b$12$' || repeat('x', 53) $$,
    '[C-F22] signing in ignores the case of letters'
);
SELECT is_empty($$ SELECT FROM chatsphere.find_login('nobody@example.org') $$, 'nobody is found where nobody is');
SELECT is_empty('SELECT id FROM chatsphere.users', '[C-F9] without an identity nobody is seen');

SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    'SELECT email, subscription_tier, usage_limit FROM chatsphere.users',
    $$ VALUES ('ann@example.org', 'free', 1000) $$,
    '[C-28] [C-10.6] [C-10.8] [X-1] one sees oneself alone, on the free plan'
);
SELECT throws_ok(
    format('UPDATE chatsphere.users SET %I = %s', wrong.name, wrong.value), '42501', NULL,
    '[C-F11] nobody writes the own ' || wrong.name
)
FROM (
    VALUES
        ('subscription_tier', '''pro'''), ('usage_limit', '9'), ('password_hash', '''x'''), ('is_active', 'true'),
        ('email', '''b@c'''), ('id', 'gen_random_uuid()'), ('erased_at', 'now()')
) AS wrong (name, value);
SELECT throws_ok(
    'SELECT password_hash FROM chatsphere.users', '42501', NULL, '[C-39] [C-F11] nor reads the hash'
);
SELECT lives_ok(
    $$ UPDATE chatsphere.users SET full_name = 'Ann', company_name = NULL, support_access_until = now() $$,
    '[C-40] names and the access of support are the person''s to write'
);
SELECT is_empty(
    format(
        'UPDATE chatsphere.users SET full_name = ''x'' WHERE id = %L RETURNING id', current_setting('test.bob')
    ),
    '[C-F10] and nobody else''s'
);
SELECT throws_ok('DELETE FROM chatsphere.users', '42501', NULL, 'nobody deletes an account');
SELECT throws_ok(
    $$ SELECT chatsphere.change_password('$2b$12$' || repeat('y', 53), '$2b$12$' || repeat('z', 53)) $$, 'SP003', NULL,
    '[C-F11] a password is changed by who knows the old one'
);
SELECT lives_ok(
    $$ SELECT chatsphere.change_password('$2b$12$' || repeat('x', 53), '$2b$12$' || repeat('z', 53)) $$,
    'and is then'
);
SELECT results_eq(
    $$ SELECT password_hash FROM chatsphere.find_login('ann@example.org') $$,
    $$ SELECT '$2b$12$' || repeat('z', 53) $$, 'another one'
);
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok(
    $$ SELECT chatsphere.change_password('x', 'y') $$, 'KR001', NULL, '[C-F9] nobody in particular changes none'
);

SET LOCAL ROLE chatsphere_worker;
SELECT is((SELECT count(*) FROM chatsphere.users), 2::bigint, 'a job sees everybody');
SELECT throws_ok(
    'UPDATE chatsphere.users SET subscription_tier = ''pro''', '42501', NULL, '[C-F11] [C-F19] and gives nobody a tier'
);
SELECT throws_ok('SELECT password_hash FROM chatsphere.users', '42501', NULL, 'nor reads a hash');
SELECT lives_ok(
    format('UPDATE chatsphere.users SET is_active = false WHERE id = %L', current_setting('test.ann')),
    '[C-10.9] it closes accounts'
);
SET LOCAL ROLE chatsphere_app;
SELECT is_empty(
    $$ SELECT FROM chatsphere.find_login('ann@example.org') $$, 'whose people don''t get in any more'
);

RESET ROLE;
UPDATE chatsphere.users SET updated_at = '2020-01-01' WHERE email = 'ann@example.org';
SELECT is(
    (SELECT updated_at FROM chatsphere.users WHERE email = 'ann@example.org'), now(),
    '[C-F21] [C-10.11] updated_at is kept by the database'
);
SELECT throws_matching(
    $$ UPDATE chatsphere.users SET subscription_tier = 'gold' $$, 'users_subscription_tier_fkey',
    '[C-F17] a tier is a plan'
);
SELECT throws_ok(
    $$ UPDATE chatsphere.users SET erased_at = now() WHERE email = 'bob@example.org' $$, '23514', NULL,
    'an erased person leaves nothing but the id and the moment'
);
SELECT lives_ok(
    $$
    UPDATE chatsphere.users
    SET email = id || '@erased.invalid', password_hash = 'erased', full_name = NULL, company_name = NULL,
        created_at = now(), support_access_until = NULL, is_active = false, erased_at = now()
    WHERE email = 'bob@example.org'
    $$,
    '[X-3] a tombstone may stay'
);
SET LOCAL ROLE chatsphere_worker;
SELECT is_empty(
    format(
        'UPDATE chatsphere.users SET is_active = true WHERE id = %L RETURNING id', current_setting('test.bob')
    ),
    'and no job touches it'
);
SET LOCAL ROLE chatsphere_analyst;
SELECT throws_ok('SELECT FROM chatsphere.users', '42501', NULL, 'an analyst reads no account');
SELECT is((SELECT count(*) FROM chatsphere.users_masked), 2::bigint, 'but masked ones');
RESET ROLE;
SELECT isnt_empty(
    $$
    SELECT FROM kernel.audit_entries AS e
    WHERE e.app = 'chatsphere' AND e.operation = 'UPDATE' AND e.subject = current_setting('test.ann')
    $$,
    '[C-41] who was changed is in the audit log'
);

SELECT * FROM finish();
ROLLBACK;
