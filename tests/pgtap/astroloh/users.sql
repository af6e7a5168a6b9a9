-- Who is known, what of them is sealed, and who sees whom.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.users') $$,
    $$
    VALUES
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('encrypted_birth_date', 'kernel.sealed', false, NULL),
        ('encrypted_birth_time', 'kernel.sealed', false, NULL),
        ('encrypted_birth_location', 'kernel.sealed', false, NULL),
        ('encrypted_name', 'kernel.sealed', false, NULL),
        ('zodiac_sign', 'text', false, NULL),
        ('gender', 'text', false, NULL),
        ('data_consent', 'boolean', true, 'false'),
        ('data_retention_days', 'integer', true, '365'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('last_accessed', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-01] [A-10] [A-10.1] [A-10.3..A-10.10] [A-10.12..A-10.14] [A-42] [A-F9] [A-F20] users has its columns'
);
SELECT col_is_pk('astroloh'::name, 'users'::name, 'id'::name, '[A-10.1] a person is known by id');
SELECT hasnt_column(
    'astroloh'::name, 'users'::name, 'preferences'::name,
    '[A-10.11] [A-F16] preferences are kept in one place, which is not this'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.users') $$,
    $$
    VALUES
        ('users_created_at_idx btree (created_at)'),
        ('users_last_accessed_idx btree (last_accessed)'),
        ('UNIQUE users_pkey btree (id)'),
        ('users_retention_due_idx btree (((((last_accessed AT TIME ZONE ''UTC''::text))::date + '
            'data_retention_days)))'),
        ('users_zodiac_sign_idx btree (zodiac_sign, id) WHERE (zodiac_sign IS NOT NULL)')
    $$,
    '[A-10.16..A-10.18] [A-27] users has the indexes it needs and no other'
);
SELECT results_eq(
    $$ SELECT s.column_name::text COLLATE "default", s.type_name, s.label, s.purpose FROM kernel.sealed_columns('astroloh.users') AS s $$,
    $$
    VALUES
        ('encrypted_birth_date', 'date', 'birth_date', 'birth_date'),
        ('encrypted_birth_location', 'jsonb', 'birth_location', 'birth_location'),
        ('encrypted_birth_time', 'time', 'birth_time', 'birth_time'),
        ('encrypted_name', 'text', 'name', 'name')
    $$,
    '[A-40] [A-42] date, time and place of birth and the name have a key of their own each'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', '1001')::text, true);
SELECT set_config('test.bob', astroloh.register_user('yandex_alice', '1001')::text, true);
SELECT isnt(
    current_setting('test.ann'), current_setting('test.bob'),
    '[A-09] the same id at another platform is another person'
);
SELECT is(
    astroloh.register_user('telegram', '1001'), current_setting('test.ann')::uuid,
    '[A-10.2] [A-27] who registers again is the same person'
);
SELECT results_eq(
    $$ SELECT astroloh.find_user('yandex_alice', '1001') $$, $$ SELECT current_setting('test.bob')::uuid $$,
    '[A-10.2] [A-27] a person is found by the id at Yandex'
);
SELECT is_empty($$ SELECT astroloh.find_user('telegram', '9') $$, 'nobody is found where nobody is');
SELECT is_empty($$ SELECT id FROM astroloh.users $$, 'without an identity nobody is seen');
SELECT throws_ok(
    $$ SELECT astroloh.register_user('fax', '1') $$, '23514', NULL, '[A-09] there are three platforms'
);
SELECT throws_ok(
    $$ SELECT astroloh.register_user('telegram', repeat('x', 256)) $$, '23514', NULL,
    '[A-10.2] an id at a platform has at most 255 characters'
);
SELECT throws_ok(
    $$ SELECT astroloh.register_user('telegram', NULL) $$, '23502', NULL, '[A-10.2] and is required'
);

SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT results_eq(
    $$ SELECT id::text, data_consent, data_retention_days FROM astroloh.users $$,
    $$ SELECT current_setting('test.ann'), false, 365 $$,
    '[A-10.9] [A-48] one sees oneself alone: without consent, and kept for a year'
);
SELECT pg_temp.agree_all();
SELECT lives_ok(
    $$ UPDATE astroloh.users SET zodiac_sign = 'leo', gender = 'female', data_retention_days = 30 $$,
    '[A-48] [A-F24] one may choose sign, address and period'
);
SELECT throws_ok(
    $$ UPDATE astroloh.users SET zodiac_sign = 'ophiuchus' $$, '23514', NULL, '[A-10.7] [A-F13] there are twelve signs'
);
SELECT throws_ok(
    $$ UPDATE astroloh.users SET gender = 'f' $$, '23514', NULL, '[A-10.8] [A-F13] and three ways to be addressed'
);
SELECT throws_ok(
    format('UPDATE astroloh.users SET data_retention_days = %s', wrong.days), '23514', NULL,
    '[A-48] [A-F28] nobody is kept for ' || wrong.days || ' days'
)
FROM unnest(ARRAY[-1, 0, 29, 3651]) AS wrong (days);
SELECT throws_ok(
    $$ UPDATE astroloh.users SET data_consent = true $$, '42501', NULL, '[A-49] nobody sets the consent by hand'
);
SELECT throws_ok($$ UPDATE astroloh.users SET id = gen_random_uuid() $$, '42501', NULL, 'nor the id');
SELECT throws_ok($$ DELETE FROM astroloh.users $$, '42501', NULL, 'nor leaves but by erasure');
SELECT throws_ok($$ INSERT INTO astroloh.users DEFAULT VALUES $$, '42501', NULL, 'nor comes but by registering');
SELECT throws_ok(
    $$ UPDATE astroloh.users SET encrypted_birth_date = '\x1990' $$, '23514', NULL,
    '[A-F23] what is no envelope is not stored'
);
SELECT throws_ok(
    $$ UPDATE astroloh.users SET encrypted_birth_date = pg_temp.envelope() $$, 'KR080', NULL,
    '[A-F23] nor an envelope under a key that is not there'
);
SELECT throws_ok(
    $$ UPDATE astroloh.users SET encrypted_birth_time = pg_temp.envelope() $$, '23514', NULL,
    'a time of birth needs the date'
);

SET LOCAL ROLE astroloh_worker;
SELECT is((SELECT count(id) FROM astroloh.users), 2::bigint, 'a job sees everybody');
SELECT throws_ok(
    $$ SELECT encrypted_birth_date FROM astroloh.users $$, '42501', NULL, '[A-42] but not what is sealed'
);
SELECT results_eq(
    $$ SELECT id::text FROM astroloh.users WHERE zodiac_sign = 'leo' $$, $$ SELECT current_setting('test.ann') $$,
    '[A-27] people are found by sign'
);
SELECT throws_ok($$ UPDATE astroloh.users SET gender = 'male' $$, '42501', NULL, 'a job changes nobody');

SET LOCAL ROLE astroloh_analyst;
SELECT throws_ok($$ SELECT id FROM astroloh.users $$, '42501', NULL, '[A-08] an analyst sees nobody');
SELECT columns_are(
    'astroloh'::name, 'users_masked'::name,
    ARRAY['id', 'data_consent', 'data_retention_days', 'created_at', 'updated_at', 'last_accessed']::name[],
    '[A-08] [A-F24] [A-F27] masked rows have neither sign nor gender, and nothing that is sealed'
);
SELECT is_empty(
    $$
    SELECT FROM astroloh.users_masked AS m
    WHERE m::text ~ concat(current_setting('test.ann'), '|', current_setting('test.bob'))
    $$,
    '[A-08] and no id of anybody'
);

RESET ROLE;
UPDATE astroloh.users SET updated_at = '2020-01-01' WHERE id = current_setting('test.ann')::uuid;
SELECT is(
    (SELECT updated_at FROM astroloh.users WHERE id = current_setting('test.ann')::uuid), now(),
    '[A-21] [A-22] [A-F29] updated_at is kept by the database'
);
SELECT has_trigger(
    'astroloh'::name, 'users'::name, 't10_touch_updated_at'::name, '[A-22] by a trigger of its own'
);
SELECT results_eq(
    $$
    SELECT operation, details -> 'action' IS NULL FROM kernel.audit_entries
    WHERE relation = 'users' AND app = 'astroloh' AND subject = current_setting('test.ann')
    ORDER BY id LIMIT 1
    $$,
    $$ VALUES ('INSERT', true) $$,
    '[A-07] whoever comes is in the audit log'
);
SELECT is(
    (SELECT count(*) FROM pg_proc AS p WHERE p.pronamespace = 'astroloh'::regnamespace AND p.prosecdef
        AND NOT 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig)),
    0::bigint, '[A-F30] every function that does more than its caller may pins its search path'
);
SELECT is_empty(
    $$
    SELECT c.oid::regclass, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_type AS t ON t.typname = a.attname AND t.typnamespace = 'pg_catalog'::regnamespace
    WHERE c.relnamespace = 'astroloh'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
    $$,
    '[A-F25] no column is called as a type is'
);

SELECT is_empty(
    $$
    SELECT c.oid::regclass, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'astroloh'::regnamespace AND has_table_privilege('astroloh_analyst', c.oid, 'SELECT')
      AND (c.relkind NOT IN ('v', 'm') AND c.relname NOT IN ('ab_tests', 'security_event_types')
          OR c.relname !~ '_masked$' AND (a.atttypid = 'uuid'::regtype OR a.attname ~ 'user|session|ip_|name$') AND a.attname <> 'cluster_name'
              AND c.relkind = 'v')
    $$,
    '[A-08] what an analyst reads has no column that says who'
);

SELECT * FROM finish();
ROLLBACK;
