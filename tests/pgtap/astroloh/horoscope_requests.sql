-- Consultations: what is sealed of them, who sees them, and for how long.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.horoscope_requests') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('request_type', 'text', true, NULL),
        ('encrypted_target_date', 'kernel.sealed', false, NULL),
        ('encrypted_partner_data', 'kernel.sealed', false, NULL),
        ('ip_hash', 'astroloh.keyed_hash', false, NULL),
        ('processing_time_ms', 'integer', false, NULL),
        ('cache_hit', 'boolean', true, 'false'),
        ('processed_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-12] [A-12.1..A-12.9] [A-F20] consultations have their columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'horoscope_requests'::name, ARRAY['user_id', 'processed_at', 'id']::name[],
    '[A-12.1] keyed by person, time and id'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.horoscope_requests'::regclass AND contype = 'f' AND conparentid = 0 $$,
    $$ VALUES ('horoscope_requests_user_id_fkey', 'c') $$,
    '[A-12.2] a consultation goes with the person'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.horoscope_requests') $$,
    $$
    VALUES
        ('horoscope_requests_ip_hash_idx btree (ip_hash, processed_at) WHERE (ip_hash IS NOT NULL)'),
        ('UNIQUE horoscope_requests_pkey btree (user_id, processed_at, id)'),
        ('horoscope_requests_processed_at_idx btree (processed_at)'),
        ('horoscope_requests_request_type_idx btree (request_type, processed_at)')
    $$,
    '[A-12.10..A-12.13] [A-27] [A-F5] consultations have the indexes they need and no other'
);
SELECT results_eq(
    $$ SELECT s.column_name::text COLLATE "default", s.type_name, s.purpose FROM kernel.sealed_columns('astroloh.horoscope_requests') AS s $$,
    $$ VALUES ('encrypted_partner_data', 'jsonb', 'partner_data'), ('encrypted_target_date', 'date', 'target_date') $$,
    '[A-40] [A-42] day and partner have a key of their own each'
);
SELECT results_eq(
    $$ SELECT p.key_kind, p.every FROM kernel.partition_policy AS p WHERE p.parent = 'astroloh.horoscope_requests'::regclass $$,
    $$ VALUES ('time', interval '1 month') $$, '[A-32] they are cut by months'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT lives_ok(
    format(
        $$ INSERT INTO astroloh.horoscope_requests (user_id, request_type, processing_time_ms) VALUES (kernel.user_uuid(), %L, 12) $$,
        good.type
    ),
    '[A-12.3] a consultation: ' || good.type
)
FROM unnest(ARRAY['daily', 'weekly', 'monthly', 'natal']) AS good (type);
SELECT throws_matching(
    format('INSERT INTO astroloh.horoscope_requests (user_id, %s) VALUES (kernel.user_uuid(), %s)', wrong.columns, wrong.data),
    wrong.error, 'no consultation: ' || wrong.why
)
FROM (
    VALUES
        ('request_type', '''tea''', 'request_type_check', '[A-12.3] [A-F13] of another kind'),
        ('request_type', 'NULL', 'null value', '[A-12.3] of no kind'),
        ('request_type', '''compatibility''', 'partner_check', '[A-12.5] compatibility with nobody'),
        ('request_type, encrypted_partner_data', '''daily'', pg_temp.envelope()', 'partner_check', '[A-12.5] a day with a partner'),
        ('request_type, encrypted_target_date', '''daily'', pg_temp.envelope()', 'a key that does not fit', '[A-F23] under a key that is not there'),
        ('request_type, ip_hash', '''daily'', ''\x00''', 'keyed_hash_check', '[A-12.7] [A-50] with a bare hash'),
        ('request_type, processing_time_ms', '''daily'', -1', 'processing_time_check', '[A-12.8] that took less than no time'),
        ('request_type, cache_hit', '''daily'', NULL', 'null value', '[A-12.9] [A-F20] without cache_hit')
) AS wrong (columns, data, error, why);
SELECT throws_ok(
    $$ INSERT INTO astroloh.horoscope_requests (user_id, request_type) VALUES (current_setting('test.bob')::uuid, 'daily') $$,
    '42501', NULL, 'nobody asks for somebody else'
);
SELECT throws_ok($$ UPDATE astroloh.horoscope_requests SET cache_hit = true $$, '42501', NULL, 'nor rewrites what was asked');
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.horoscope_requests $$, 'nobody sees what others asked');
SELECT is_empty($$ DELETE FROM astroloh.horoscope_requests RETURNING id $$, 'nor deletes it');
SET LOCAL ROLE astroloh_worker;
SELECT is((SELECT count(id) FROM astroloh.horoscope_requests), 4::bigint, 'a job sees that something was asked');
SELECT throws_ok(
    $$ SELECT encrypted_target_date FROM astroloh.horoscope_requests $$, '42501', NULL, '[A-42] not what is sealed of it'
);
SET LOCAL ROLE astroloh_analyst;
SELECT columns_are(
    'astroloh'::name, 'horoscope_requests_masked'::name,
    ARRAY['user_id', 'id', 'processing_time_ms', 'cache_hit', 'processed_at']::name[],
    '[A-08] an analyst sees neither the kind nor anything sealed'
);

-- Each person's own period.
RESET ROLE;
UPDATE astroloh.users SET data_retention_days = 30 WHERE id = current_setting('test.bob')::uuid;
INSERT INTO astroloh.horoscope_requests (user_id, request_type, processed_at)
SELECT u.id, 'weekly', now() - old.age
FROM astroloh.users AS u
CROSS JOIN unnest('{1 day,31 days}'::interval[]) AS old (age)
WHERE (now() - old.age) >= date_trunc('month', now(), 'UTC') - interval '1 month';
SET LOCAL ROLE strongroom_runner;
SELECT results_eq(
    $$ SELECT p.row_count, p.subject_count FROM kernel.retention_preview('horoscope_requests') AS p $$,
    $$ SELECT count(*), count(*) FROM (VALUES (now() - interval '31 days')) AS old (at)
    WHERE old.at >= date_trunc('month', now(), 'UTC') - interval '1 month' HAVING count(*) > 0 $$,
    '[A-06] [A-48] who wants to be known for 30 days has nothing older'
);
SELECT lives_ok($$ SELECT kernel.apply_retention('horoscope_requests') $$, '[A-06] and it goes');
RESET ROLE;
SELECT is_empty(
    $$ SELECT FROM astroloh.horoscope_requests WHERE user_id = current_setting('test.bob')::uuid AND processed_at < now() - interval '30 days' $$,
    '[A-06] [A-48] that of one person'
);

-- What analysts count: days of five people at least.
INSERT INTO astroloh.users (id) SELECT gen_random_uuid() FROM generate_series(1, 5);
SELECT pg_temp.agree_all();
INSERT INTO astroloh.horoscope_requests (user_id, request_type, processed_at, cache_hit, processing_time_ms)
SELECT u.id, kind.name, date_trunc('day', now(), 'UTC') - interval '1 hour', true, 1500
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM astroloh.users) AS u
JOIN (VALUES ('natal', 5), ('monthly', 4)) AS kind (name, people) ON u.n <= kind.people;
SET LOCAL ROLE astroloh_analyst;
SELECT results_eq(
    $$ SELECT request_type, requests, people, cache_hits, slow_answers FROM astroloh.daily_requests $$,
    $$ VALUES ('natal', 5::bigint, 5::bigint, 5::bigint, 5::bigint) $$,
    '[A-08] [A-27] an analyst counts consultations of five people at least'
);
SELECT throws_ok($$ SELECT id FROM astroloh.horoscope_requests $$, '42501', NULL, '[A-08] and sees none');

SELECT * FROM finish();
ROLLBACK;
