-- The queue: claim, lease, retry, dead letter.
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
    WHERE a.attrelid = 'chatsphere.training_jobs'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', true, NULL),
        ('source_id', 'uuid', true, NULL),
        ('available_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('attempts', 'integer', true, '0'),
        ('lease_id', 'uuid', false, NULL)
    $$,
    '[C-F23] training_jobs has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.training_jobs'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('training_jobs_source_id_fkey', 'chatsphere.training_sources', 'c', 'user_id, chatbot_id, source_id')
    $$,
    '[C-F23] what training_jobs refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'training_jobs'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX training_jobs_available_at_idx ON chatsphere.training_jobs USING btree '
            '(available_at)'),
        ('CREATE UNIQUE INDEX training_jobs_pkey ON chatsphere.training_jobs USING btree '
            '(user_id, chatbot_id, source_id)')
    $$,
    '[C-F23] training_jobs has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
SELECT set_config('test.s' || n, chatsphere.add_source(current_setting('test.bot')::uuid, 'text', 'text ' || n)::text, true)
FROM generate_series(1, 3) AS n;
RESET ROLE;
UPDATE chatsphere.training_jobs AS j
SET available_at = now() - make_interval(
    mins => (SELECT n FROM generate_series(1, 3) AS n WHERE j.source_id = current_setting('test.s' || n)::uuid)
);
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok('SELECT chatsphere.claim_sources()', '42501', NULL, 'an owner takes no work');
SELECT throws_ok('SELECT lease_id FROM chatsphere.training_jobs', '42501', NULL, 'nor sees a lease');
SET LOCAL ROLE chatsphere_worker;
SELECT results_eq(
    $$ SELECT source_id::text COLLATE "default", attempt, leased_until - now()
    FROM chatsphere.claim_sources(1, '10 minutes') $$,
    $$ SELECT current_setting('test.s3'), 1, interval '10 minutes' $$,
    '[C-F23] the source that waits longest is taken, for the time of the lease'
);
SELECT set_config('test.lease' || n, c.lease_id::text, true), set_config('test.n', n::text, true)
FROM chatsphere.claim_sources(5) AS c
JOIN generate_series(1, 3) AS n ON current_setting('test.s' || n)::uuid = c.source_id;
SELECT is_empty('SELECT FROM chatsphere.claim_sources(5)', '[C-F23] and nothing twice');
SELECT throws_ok(
    format('SELECT chatsphere.claim_sources(%s)', wrong.arguments), 'SP007', NULL, 'no claim: ' || wrong.arguments
)
FROM (VALUES ('0'), ('NULL'), ('10001'), ('1, ''0 s'''), ('1, NULL'), ('1, ''2 days'''), ('1, ''-1 day''')) AS wrong (arguments);

SELECT throws_ok(
    $$ SELECT chatsphere.complete_source(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.s1')::uuid,
        gen_random_uuid()
    ) $$,
    'SP012', NULL, '[C-F23] who has no lease ends nothing'
);
SELECT lives_ok(
    $$ SELECT chatsphere.complete_source(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.s1')::uuid,
        current_setting('test.lease1')::uuid
    ) $$,
    'who has it does'
);
SELECT is(
    chatsphere.extend_lease(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.s2')::uuid,
        current_setting('test.lease2')::uuid, '1 hour'
    ),
    now() + interval '1 hour', 'or keeps it longer'
);
SELECT ok(
    f.again_at BETWEEN now() + interval '22 seconds' AND now() + interval '38 seconds',
    '[C-F23] what failed is tried again after half a minute or so'
)
FROM chatsphere.fail_source(
    current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.s2')::uuid,
    current_setting('test.lease2')::uuid, 'timeout'
) AS f (again_at);
SELECT throws_ok(
    $$ SELECT chatsphere.complete_source(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.s2')::uuid,
        current_setting('test.lease2')::uuid
    ) $$,
    'SP012', NULL, 'and the lease is over'
);
RESET ROLE;
SELECT results_eq(
    $$ SELECT s.status, s.error_message, j.attempts FROM chatsphere.training_sources AS s
    LEFT JOIN chatsphere.training_jobs AS j ON j.source_id = s.id
    WHERE s.id IN (current_setting('test.s1')::uuid, current_setting('test.s2')::uuid) ORDER BY s.status $$,
    $$ VALUES ('completed', NULL, NULL), ('pending', 'timeout', 1) $$, '[C-F23] states and reasons are kept'
);
CREATE FUNCTION pg_temp.attempt() RETURNS interval LANGUAGE sql AS $$
    UPDATE chatsphere.training_jobs SET available_at = pg_catalog.now(), attempts = 4
    WHERE source_id = pg_catalog.current_setting('test.s2')::uuid;
    SELECT chatsphere.fail_source(c.user_id, c.chatbot_id, c.source_id, c.lease_id, 'again') - pg_catalog.now()
    FROM chatsphere.claim_sources() AS c
$$;
UPDATE chatsphere.training_jobs SET available_at = now(), attempts = 3
WHERE source_id = current_setting('test.s2')::uuid;
SELECT ok(
    f.again_at BETWEEN now() + interval '3 minutes' AND now() + interval '5 minutes',
    '[C-F23] the pause doubles each time'
)
FROM chatsphere.claim_sources() AS c
CROSS JOIN LATERAL chatsphere.fail_source(
    c.user_id, c.chatbot_id, c.source_id, c.lease_id, 'again'
) AS f (again_at);
SELECT is(pg_temp.attempt(), NULL, '[C-F23] and ends after the fifth attempt');
SELECT results_eq(
    $$ SELECT status, error_message, processed_at FROM chatsphere.training_sources
    WHERE id = current_setting('test.s2')::uuid $$,
    $$ SELECT 'failed', 'again', now() $$, '[C-F23] a dead letter says why'
);
UPDATE chatsphere.training_jobs SET available_at = now() - interval '1 minute', attempts = 5;
SET LOCAL ROLE chatsphere_worker;
SELECT is_empty('SELECT FROM chatsphere.claim_sources()', 'nobody takes what five workers died of');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT is(chatsphere.bury_sources(), 1::bigint, '[C-F23] a job gives it up');
SELECT is(chatsphere.bury_sources(), 0::bigint, 'once');
RESET ROLE;
SELECT is((SELECT count(*) FROM chatsphere.training_jobs), 0::bigint, 'and the queue is empty');
SET LOCAL ROLE chatsphere_app;
SELECT lives_ok(
    $$ SELECT chatsphere.retry_source(current_setting('test.bot')::uuid, current_setting('test.s' || n)::uuid)
    FROM generate_series(1, 3) AS n, generate_series(1, 2) $$,
    '[C-F23] the owner queues what failed or was learned again, and once'
);
SELECT is((SELECT count(*) FROM chatsphere.training_jobs), 3::bigint, 'all three wait');
SET LOCAL ROLE chatsphere_worker;
SELECT is(
    (
        SELECT chatsphere.fail_source(c.user_id, c.chatbot_id, c.source_id, c.lease_id, 'no text', true)
        FROM chatsphere.claim_sources() AS c
    ),
    NULL, 'what would fail again is given up at once'
);
RESET ROLE;
SELECT results_eq(
    $$ SELECT function_name, schedule, is_enabled FROM kernel.job WHERE name = 'chatsphere_bury_sources' $$,
    $$ VALUES ('chatsphere.bury_sources()', interval '1 minute', true) $$, '[C-45] the job runs every minute'
);

SELECT * FROM finish();
ROLLBACK;
