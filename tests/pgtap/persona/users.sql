-- Who is known, who sees whom, and what the quick flag says.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(34);

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'persona.users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('telegram_id', 'bigint', true, NULL),
        ('username', 'text', false, NULL),
        ('first_name', 'text', false, NULL),
        ('last_name', 'text', false, NULL),
        ('language_code', 'text', false, NULL),
        ('is_admin', 'boolean', true, 'false'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[P-10] [P-10.1..P-10.9] [P-F9] users has its columns, and a new row already has its stamp'
);
SELECT col_is_pk('persona'::name, 'users'::name, 'id'::name, '[P-10.1] a person is known by id');
SELECT results_eq(
    $$
    SELECT c.relname::text COLLATE "default", a.attidentity::text COLLATE "default"
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'persona'::regnamespace AND c.relkind = 'r' AND a.attname = 'id'
      AND a.attidentity <> 'a'
    $$,
    $$ SELECT 'app_settings', '' WHERE to_regclass('persona.app_settings') IS NOT NULL $$,
    '[P-01] every id is counted by the database, save that of the one row of settings'
);
SELECT is_empty(
    $$
    SELECT c.conrelid::regclass, c.conname
    FROM pg_constraint AS c
    WHERE c.connamespace = 'persona'::regnamespace AND c.contype = 'f'
      AND c.confrelid = 'persona.users'::regclass AND c.confdeltype <> 'c'
    $$,
    '[P-02] what hangs on a person goes with the person'
);
SELECT is_empty(
    $$
    SELECT a.attrelid::regclass, a.attname
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'persona'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
      AND (
          a.attname LIKE '%\_at' AND a.atttypid <> 'timestamptz'::regtype
          OR a.atttypid IN ('json'::regtype, 'float4'::regtype, 'float8'::regtype, 'money'::regtype)
      )
    $$,
    '[P-03] [P-04] [P-05] stamps have a zone, documents are jsonb, and nothing is a float'
);
SELECT is_empty(
    $$
    SELECT a.attrelid::regclass, a.attname
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'persona'::regnamespace AND c.relkind = 'r'
      AND a.attname IN ('deleted_at', 'is_deleted', 'erased_at')
    $$,
    '[P-06] nothing is marked as deleted: it is deleted'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'persona' AND tablename = 'users' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX users_pkey ON persona.users USING btree (id)'),
        ('CREATE UNIQUE INDEX users_telegram_id_key ON persona.users USING btree (telegram_id)'),
        ('CREATE INDEX users_username_idx ON persona.users USING btree (lower(username)) '
            'WHERE (username IS NOT NULL)')
    $$,
    '[P-10.2] [P-F17] a telegram id is one person''s, and a username may be several''s'
);

SET LOCAL ROLE persona_app;
SELECT lives_ok(
    $$ SELECT set_config('test.ann', persona.register_user(1001, '@Ann', 'Ann', '', 'ru')::text, true) $$,
    'a person registers before there is an identity'
);
SELECT is(
    persona.register_user(1001, 'other'), current_setting('test.ann')::bigint,
    'registering again answers with the same person'
);
SELECT isnt(
    persona.register_user(1002, 'ann'), current_setting('test.ann')::bigint,
    '[P-F17] a username that somebody else has registers another person'
);
SELECT results_eq(
    $$ SELECT persona.find_user(1001) $$, $$ SELECT current_setting('test.ann')::bigint $$,
    '[P-10.2] a person is found by telegram id'
);
SELECT is_empty($$ SELECT persona.find_user(9999) $$, 'nobody is found where nobody is');
SELECT throws_ok(
    format('SELECT persona.register_user(%s)', wrong.arguments), wrong.sqlstate, NULL,
    'registering refuses ' || wrong.what
)
FROM (
    VALUES
        ('0', '23514', 'a telegram id of 0'), ('-5', '23514', 'a group chat'),
        ('NULL', '23502', 'no telegram id'), ('7, ''a b''', '23514', 'a username with a space'),
        ('7, repeat(''x'', 65)', '23514', 'a username of 65'),
        ('7, NULL, repeat(''x'', 256)', '23514', 'a first name of 256'),
        ('7, NULL, NULL, repeat(''x'', 256)', '23514', 'a last name of 256'),
        ('7, NULL, NULL, NULL, ''russian''', '23514', 'a language that is none')
) AS wrong (arguments, sqlstate, what);
SELECT is_empty($$ SELECT id FROM persona.users $$, 'without an identity nobody is seen');

SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    $$ SELECT username, first_name, last_name, language_code, is_admin FROM persona.users $$,
    $$ VALUES ('Ann', 'Ann', NULL::text, 'ru', false) $$,
    'one sees oneself alone, without the @, with the first name given'
);
SELECT lives_ok(
    $$ UPDATE persona.users SET username = NULL, first_name = 'Anna', last_name = 'A.', language_code = 'pt-BR' $$,
    'one may change how one is called'
);
SELECT throws_ok(
    format('UPDATE persona.users SET %s', wrong.assignment), '42501', NULL, 'but can''t: ' || wrong.assignment
)
FROM (VALUES ('is_admin = true'), ('telegram_id = 7'), ('created_at = now()')) AS wrong (assignment);
SELECT throws_ok($$ DELETE FROM persona.users $$, '42501', NULL, 'nor leave the table');

SET LOCAL ROLE persona_worker;
SELECT is((SELECT count(id) FROM persona.users), 2::bigint, 'a job sees whom to write to');
SELECT throws_ok($$ SELECT first_name FROM persona.users $$, '42501', NULL, 'and not what they are called');

RESET ROLE;
UPDATE persona.users SET updated_at = '2020-01-01', first_name = 'Anne' WHERE telegram_id = 1001;
SELECT is(
    (SELECT updated_at FROM persona.users WHERE telegram_id = 1001), now(),
    '[P-10.9] [P-18] updated_at is kept by the database'
);
UPDATE persona.users SET is_admin = true WHERE telegram_id = 1001;
SELECT is(
    (SELECT is_admin FROM persona.users WHERE telegram_id = 1001), false,
    '[P-10.7] [P-F7] the flag can''t be set by hand'
);
INSERT INTO persona.admin_users (user_id) VALUES (current_setting('test.ann')::bigint);
SELECT is(
    (SELECT is_admin FROM persona.users WHERE telegram_id = 1001), true,
    '[P-10.7] [P-F7] it comes with the rights'
);
DELETE FROM persona.admin_users;
SELECT is(
    (SELECT is_admin FROM persona.users WHERE telegram_id = 1001), false,
    '[P-10.7] [P-F7] and goes with them'
);
SELECT is(
    (
        SELECT array_agg(format('%s %s', m.column_name, m.mask) ORDER BY m.position)
        FROM kernel.masked_columns('persona.users') AS m
    ),
    ARRAY[
        'id pseudonym ["persona", "users", "id"]',
        'telegram_id pseudonym ["persona", "users", "telegram_id"]',
        'username pseudonym ["persona", "users", "username"]',
        'first_name pseudonym ["persona", "users", "first_name"]',
        'last_name pseudonym ["persona", "users", "last_name"]', 'language_code hide',
        'is_admin keep', 'created_at month', 'updated_at month'
    ],
    '[P-08] an analyst is told nothing that says who it is'
);

SELECT * FROM finish();
ROLLBACK;
