-- API keys: shown once, kept as a hash.
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
    WHERE a.attrelid = 'chatsphere.api_keys'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('name', 'text', true, NULL),
        ('prefix', 'text', true, NULL),
        ('key_hash', 'bytea', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('expires_at', 'timestamp with time zone', false, NULL),
        ('revoked_at', 'timestamp with time zone', false, NULL),
        ('last_used_at', 'timestamp with time zone', false, NULL)
    $$,
    '[C-F12] [C-10.7] api_keys has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.api_keys'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('api_keys_user_id_fkey', 'chatsphere.users', 'c', 'user_id')
    $$,
    '[C-F15] what api_keys refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'api_keys'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX api_keys_pkey ON chatsphere.api_keys USING btree (user_id, id)'),
        ('CREATE UNIQUE INDEX api_keys_prefix_key ON chatsphere.api_keys USING btree (prefix)')
    $$,
    '[C-F12] [C-10.13] api_keys has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(
    'SELECT chatsphere.create_api_key(''mine'')', 'KR001', NULL, 'nobody in particular gets no key'
);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT set_config('test.key', m.api_key, true), set_config('test.key_id', m.key_id::text, true)
FROM chatsphere.create_api_key('mine') AS m;
SELECT set_config('test.other', m.api_key, true)
FROM chatsphere.create_api_key('until tomorrow', now() + interval '1 day') AS m;
SELECT matches(
    current_setting('test.key'), '^sk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$', '[C-F12] a key has a prefix and a long secret'
);
SELECT isnt(current_setting('test.key'), current_setting('test.other'), '[C-F12] an account has several');
SELECT throws_ok('SELECT key_hash FROM chatsphere.api_keys', '42501', NULL, '[C-39] nobody reads a hash');
SELECT results_eq(
    'SELECT name, prefix, last_used_at FROM chatsphere.api_keys ORDER BY name',
    $$
    VALUES
        ('mine', split_part(current_setting('test.key'), '_', 2), NULL::timestamptz),
        ('until tomorrow', split_part(current_setting('test.other'), '_', 2), NULL)
    $$,
    '[C-F12] keys are told apart by name and prefix'
);
SELECT throws_ok(
    'INSERT INTO chatsphere.api_keys (user_id, name, prefix, key_hash) VALUES (gen_random_uuid(), ''x'', ''x'', ''x'')',
    '42501', NULL, 'and made by the function alone'
);
SELECT throws_matching(
    $$ SELECT chatsphere.create_api_key('x', now()) $$, 'api_keys_expires_at_check', '[C-F12] a key ends after it begins'
);
SELECT throws_matching(
    $$ SELECT chatsphere.create_api_key('x', 'infinity') $$, 'api_keys_expires_at_check', 'and at some time'
);
SELECT set_config('kernel.user_id', '', true);
SELECT results_eq(
    $$ SELECT user_id::text COLLATE "default", key_id::text COLLATE "default"
    FROM chatsphere.authenticate_api_key(current_setting('test.key')) $$,
    $$ SELECT current_setting('test.ann'), current_setting('test.key_id') $$,
    '[C-F12] [C-10.13] a key is found by its prefix, before there is an identity'
);
SELECT isnt_empty(
    $$ SELECT FROM chatsphere.authenticate_api_key(current_setting('test.other')) $$, 'and so is another one'
);
SELECT is_empty(
    format('SELECT FROM chatsphere.authenticate_api_key(%L)', wrong.key), 'no key: ' || wrong.what
)
FROM (
    VALUES
        (left(current_setting('test.key'), -1) || '~', 'another last letter'),
        (current_setting('test.key') || 'x', 'a letter more'),
        (upper(current_setting('test.key')), 'in capitals'),
        (split_part(current_setting('test.key'), '_', 2), 'the prefix alone'),
        ('sk_' || split_part(current_setting('test.key'), '_', 2) || '_', 'without a secret'),
        ('', 'nothing'), (NULL, 'NULL'), ('sk_%_%', 'a pattern')
) AS wrong (key, what);
RESET ROLE;
SELECT is(
    (SELECT last_used_at FROM chatsphere.api_keys WHERE name = 'mine'), now(), '[C-F12] when it was used is noted'
);
UPDATE chatsphere.api_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
WHERE name = 'until tomorrow';
SELECT ok(
    NOT EXISTS (
        SELECT
        FROM chatsphere.api_keys AS k,
            -- The secret may have underscores of its own.
            substr(current_setting('test.key'), length('sk_123456789012_') + 1) AS secret
        WHERE length(secret) <> 43 OR strpos(k.key_hash::text, secret) > 0 OR strpos(k::text, secret) > 0
    ),
    '[C-F12] [C-39] the secret is nowhere in the table'
);
SET LOCAL ROLE chatsphere_app;
SELECT is_empty(
    $$ SELECT FROM chatsphere.authenticate_api_key(current_setting('test.other')) $$,
    '[C-F12] a key that has expired opens nothing'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT id FROM chatsphere.api_keys', '[C-F10] nobody sees the keys of others');
SELECT throws_ok(
    format('SELECT chatsphere.revoke_api_key(%L)', current_setting('test.key_id')), 'SP004', NULL, 'nor ends them'
);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT lives_ok(
    format('SELECT chatsphere.revoke_api_key(%L)', current_setting('test.key_id')), '[C-F12] the owner revokes a key'
);
SELECT lives_ok(
    format('SELECT chatsphere.revoke_api_key(%L)', current_setting('test.key_id')), 'any number of times'
);
SELECT is_empty(
    $$ SELECT FROM chatsphere.authenticate_api_key(current_setting('test.key')) $$, '[C-F12] which then opens nothing'
);
SELECT lives_ok(
    $$ SELECT chatsphere.create_api_key('many') FROM generate_series(1, 49) $$, 'fifty keys are enough for everybody'
);
SELECT throws_ok('SELECT chatsphere.create_api_key(''one more'')', 'SP016', NULL, 'and one more is too many');
RESET ROLE;
UPDATE chatsphere.users SET is_active = false WHERE email = 'ann@example.org';
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok('SELECT chatsphere.create_api_key(''x'')', 'SP002', NULL, 'a closed account gets no key');
RESET ROLE;
SELECT lives_ok(
    $$ DELETE FROM chatsphere.users WHERE email = 'ann@example.org' $$, '[C-F15] an account without payments can go'
);
SELECT is_empty('SELECT FROM chatsphere.api_keys', '[C-F15] and its keys go with it');

SELECT * FROM finish();
ROLLBACK;
