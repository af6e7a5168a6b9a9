-- What is recommended: its life, and how it did.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.recommendations') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('recommendation_type', 'text', true, NULL),
        ('content_type', 'text', true, NULL),
        ('title', 'text', true, NULL),
        ('description', 'text', false, NULL),
        ('recommendation_data', 'jsonb', false, NULL),
        ('confidence_score', 'integer', true, NULL),
        ('priority', 'integer', true, '1'),
        ('algorithm_used', 'text', true, NULL),
        ('model_version', 'text', true, NULL),
        ('status', 'text', true, '''active''::text'),
        ('expires_at', 'timestamp with time zone', false, NULL),
        ('shown_at', 'timestamp with time zone', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-15] [A-15.1..A-15.15] [A-F20] recommendations have their columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'recommendations'::name, ARRAY['user_id', 'id']::name[], '[A-15.1] keyed by person and id'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.recommendations'::regclass AND contype = 'f' $$,
    $$ VALUES ('recommendations_user_id_fkey', 'c') $$, '[A-15.2] a recommendation goes with the person'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.recommendations') $$,
    $$
    VALUES
        ('recommendations_created_at_idx btree (created_at)'),
        ('recommendations_expires_at_idx btree (expires_at) WHERE (status = ANY (ARRAY[''active''::text, ''shown''::text]))'),
        ('UNIQUE recommendations_pkey btree (user_id, id)'),
        ('recommendations_user_status_idx btree (user_id, status, priority, confidence_score)')
    $$,
    '[A-15.16..A-15.21] [A-28] [A-F5] recommendations have the indexes they need and no other'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SET LOCAL ROLE astroloh_worker;
SELECT throws_matching(
    format(
        $$
        INSERT INTO astroloh.recommendations (
            user_id, recommendation_type, content_type, title, confidence_score, algorithm_used, model_version, priority, expires_at
        )
        VALUES (current_setting('test.ann')::uuid, %s)
        $$,
        wrong.data
    ),
    wrong.error, wrong.why
)
FROM (
    VALUES
        ('''gift'', ''daily'', ''x'', 50, ''hybrid'', ''1'', 1, NULL', 'recommendation_type_check', '[A-15.3] [A-F13] another kind'),
        ('''content'', ''tea'', ''x'', 50, ''hybrid'', ''1'', 1, NULL', 'content_type_check', '[A-15.4] [A-F13] about something else'),
        ('''content'', ''daily'', '''', 50, ''hybrid'', ''1'', 1, NULL', 'title_length_check', '[A-15.5] without a headline'),
        ('''content'', ''daily'', ''x'', 101, ''hybrid'', ''1'', 1, NULL', 'confidence_score_check', '[A-15.8] [A-F19] surer than sure'),
        ('''content'', ''daily'', ''x'', -1, ''hybrid'', ''1'', 1, NULL', 'confidence_score_check', '[A-15.8] less than unsure'),
        ('''content'', ''daily'', ''x'', 50, ''guess'', ''1'', 1, NULL', 'algorithm_used_check', '[A-15.10] [A-F13] by another way'),
        ('''content'', ''daily'', ''x'', 50, ''hybrid'', repeat(''x'', 21), 1, NULL', 'model_version_length_check', '[A-15.11] by a long model'),
        ('''content'', ''daily'', ''x'', 50, ''hybrid'', ''1'', 6, NULL', 'priority_check', '[A-15.9] too urgent'),
        ('''content'', ''daily'', ''x'', 50, ''hybrid'', ''1'', NULL, NULL', 'null value', '[A-15.9] [A-F20] neither urgent nor not'),
        ('''content'', ''daily'', ''x'', 50, ''hybrid'', ''1'', 1, now()', 'expiry_check', '[A-15.13] [A-F32] over before it began')
) AS wrong (data, error, why);
INSERT INTO astroloh.recommendations (
    user_id, recommendation_type, content_type, title, confidence_score, priority, algorithm_used, model_version, expires_at
)
SELECT current_setting('test.ann')::uuid, 'content', 'daily', made.title, made.score, made.priority, 'hybrid', '1', made.expires_at
FROM (VALUES
    ('low', 90, 1, NULL), ('high', 50, 5, NULL), ('high and sure', 80, 5, now() + interval '1 hour'), ('rest', 10, 2, NULL)
) AS made (title, score, priority, expires_at);
SELECT throws_ok($$ UPDATE astroloh.recommendations SET status = 'shown' $$, '42501', NULL, 'a model shows nothing itself');

SET LOCAL ROLE astroloh_app;
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.recommendations $$, 'nobody sees what others are advised');
SELECT is_empty($$ UPDATE astroloh.recommendations SET status = 'dismissed' RETURNING id $$, 'nor dismisses it');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT lives_ok(
    $$ UPDATE astroloh.recommendations SET status = 'shown' WHERE title = 'high' $$, '[A-15.12] what waits is shown'
);
SELECT is(
    (SELECT shown_at FROM astroloh.recommendations WHERE title = 'high'), now(), '[A-15.14] [A-F32] and it is written down when'
);
SELECT throws_ok(
    $$ UPDATE astroloh.recommendations SET status = 'active' WHERE title = 'high' $$, 'ZD006', NULL, '[A-15.12] it does not wait again'
);
SELECT lives_ok(
    $$ UPDATE astroloh.recommendations SET status = 'dismissed' WHERE title IN ('high', 'low') $$, '[A-15.12] what is not wanted is dismissed'
);
SELECT throws_ok(
    format('UPDATE astroloh.recommendations SET status = %L WHERE title = ''low''', wrong.status), 'ZD006', NULL,
    '[A-15.12] what was dismissed is not ' || wrong.status
)
FROM unnest(ARRAY['active', 'shown', 'expired']) AS wrong (status);
SELECT throws_ok(
    $$ UPDATE astroloh.recommendations SET shown_at = now() $$, '42501', NULL, '[A-15.14] nobody says when by hand'
);
RESET ROLE;
SELECT throws_ok(
    $$ UPDATE astroloh.recommendations SET shown_at = now() WHERE title = 'rest' $$, '23514', NULL,
    '[A-F32] what waits was not shown, whoever says so'
);

-- The job.
UPDATE astroloh.recommendations SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'
WHERE title = 'high and sure';
SET LOCAL ROLE strongroom_runner;
SELECT is(astroloh.expire_recommendations(), 1::bigint, '[A-15.13] what is past its time expires');
SELECT is(astroloh.expire_recommendations(), 0::bigint, '[A-15.13] once');
RESET ROLE;
SELECT results_eq(
    $$ SELECT title, status FROM astroloh.recommendations ORDER BY title $$,
    $$ VALUES ('high', 'dismissed'), ('high and sure', 'expired'), ('low', 'dismissed'), ('rest', 'active') $$,
    '[A-15.12] and nothing else'
);
SELECT results_eq(
    $$ SELECT j.function_name::text COLLATE "default" FROM kernel.job AS j WHERE j.name = 'astroloh_recommendations' $$,
    $$ VALUES ('astroloh.expire_recommendations()') $$, '[A-15.13] by a job'
);
SELECT results_eq(
    $$ SELECT p.override_column::text COLLATE "default", p.keep_for FROM kernel.retention_policy AS p WHERE p.name = 'recommendations' $$,
    $$ VALUES ('data_retention_days', interval '1 year') $$, '[A-06] [A-48] old ones go when the person wants'
);
UPDATE astroloh.users SET data_retention_days = 30 WHERE id = current_setting('test.bob')::uuid;
INSERT INTO astroloh.recommendations (
    user_id, recommendation_type, content_type, title, confidence_score, algorithm_used, model_version, created_at
)
SELECT u.id, 'content', 'daily', age.name, 50, 'hybrid', '1', now() - age.old
FROM astroloh.users AS u CROSS JOIN (VALUES ('month', interval '40 days'), ('year', '400 days'), ('week', '7 days')) AS age (name, old);
SET LOCAL ROLE strongroom_runner;
SELECT is(kernel.apply_retention('recommendations'), 3::bigint, '[A-06] [A-48] what is older than each person wants goes');
RESET ROLE;
SELECT results_eq(
    $$
    SELECT u.data_retention_days, r.title FROM astroloh.recommendations AS r JOIN astroloh.users AS u ON u.id = r.user_id
    WHERE r.title IN ('week', 'month', 'year') ORDER BY 1, 2
    $$,
    $$ VALUES (30, 'week'), (365, 'month'), (365, 'week') $$, '[A-06] [A-48] and what is not stays'
);
SET LOCAL ROLE astroloh_analyst;
SELECT hasnt_column('astroloh'::name, 'recommendations_masked'::name, c.name::name, '[A-08] an analyst does not see ' || c.name)
FROM unnest(ARRAY['title', 'description', 'recommendation_data']) AS c (name);
SELECT is_empty($$ SELECT FROM astroloh.recommendation_performance $$, '[A-08] nor groups of one');

SELECT * FROM finish();
ROLLBACK;
