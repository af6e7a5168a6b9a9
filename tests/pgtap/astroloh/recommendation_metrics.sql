-- How recommendations did: exact figures that outlive the person.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.recommendation_metrics') $$,
    $$
    VALUES
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('user_id', 'uuid', false, NULL),
        ('recommendation_id', 'uuid', false, NULL),
        ('metric_name', 'text', true, NULL),
        ('metric_value', 'numeric(9,4)', true, NULL),
        ('context_data', 'jsonb', false, NULL),
        ('session_id', 'uuid', false, NULL),
        ('recorded_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-20] [A-20.1..A-20.8] [A-F19] [A-F21] metrics have their columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'recommendation_metrics'::name, ARRAY['recorded_at', 'id']::name[], '[A-20.1] keyed by time and id'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.recommendation_metrics'::regclass AND contype = 'f' AND conparentid = 0 ORDER BY conname $$,
    $$ VALUES ('recommendation_metrics_recommendation_id_fkey', 'n'), ('recommendation_metrics_user_id_fkey', 'n') $$,
    '[A-20.2] [A-20.3] [A-F26] figures stay without person and recommendation'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.recommendation_metrics') $$,
    $$
    VALUES
        ('recommendation_metrics_metric_name_idx btree (metric_name, recorded_at)'),
        ('UNIQUE recommendation_metrics_pkey btree (recorded_at, id)'),
        ('recommendation_metrics_recommendation_idx btree (user_id, recommendation_id)')
    $$,
    '[A-20.9] [A-20.10] [A-F3] [A-F5] metrics have the indexes they need and no other'
);
SELECT results_eq(
    $$ SELECT p.key_kind, p.every, p.keep FROM kernel.partition_policy AS p WHERE p.parent = 'astroloh.recommendation_metrics'::regclass $$,
    $$ VALUES ('time', interval '1 month', interval '2 years') $$, '[A-06] [A-32] they are cut by months, and go after two years'
);

CREATE FUNCTION pg_temp.measure(p_name text, p_value numeric, p_of text DEFAULT NULL, p_context jsonb DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO astroloh.recommendation_metrics (user_id, recommendation_id, metric_name, metric_value, context_data)
    VALUES (kernel.user_uuid(), p_of::uuid, p_name, p_value, p_context)
$$;

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
RESET ROLE;
INSERT INTO astroloh.recommendations (user_id, recommendation_type, content_type, title, confidence_score, algorithm_used, model_version)
SELECT u.id, 'content', 'daily', 'Rest', 50, 'hybrid', '1' FROM astroloh.users AS u;
SELECT set_config('test.hers', (SELECT r.id::text FROM astroloh.recommendations AS r WHERE r.user_id = current_setting('test.ann')::uuid), true);
SELECT set_config('test.his', (SELECT r.id::text FROM astroloh.recommendations AS r WHERE r.user_id = current_setting('test.bob')::uuid), true);
SET LOCAL ROLE astroloh_app;
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT lives_ok(
    $$ SELECT pg_temp.measure('ctr', 0.0123, current_setting('test.hers'), '{"place": "top"}') $$, '[A-20.4] [A-20.5] [A-F19] a share of clicks'
);
SELECT lives_ok($$ SELECT pg_temp.measure('satisfaction', 4.5) $$, '[A-20.3] a figure without a recommendation');
SELECT throws_matching(format('SELECT pg_temp.measure(%s)', wrong.data), wrong.error, wrong.why)
FROM (
    VALUES
        ('''ctr'', 1.01', 'metric_value_check', '[A-20.5] [A-F19] a share is 1 at most'),
        ('''conversion'', -0.1', 'metric_value_check', '[A-20.5] and 0 at least'),
        ('''satisfaction'', 5.1', 'metric_value_check', '[A-20.5] satisfaction is 5 at most'),
        ('''joy'', 1', 'metric_name_check', '[A-20.4] [A-F13] nothing else is measured'),
        ('''ctr'', NULL', 'null value', '[A-20.5] a figure is required'),
        ('''ctr'', 1, NULL, ''[]''', 'context_data_check', '[A-20.6] what is said of it is an object'),
        ('''ctr'', 1, current_setting(''test.his'')', 'recommendation_id_fkey', '[A-20.3] nobody measures another''s recommendation')
) AS wrong (data, error, why);
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.recommendation_metrics $$, 'nobody sees the figures of others');
RESET ROLE;
SELECT lives_ok($$ DELETE FROM astroloh.users WHERE id = current_setting('test.ann')::uuid $$, '[A-F26] the person goes');
SELECT results_eq(
    $$ SELECT m.metric_name, m.metric_value, m.user_id FROM astroloh.recommendation_metrics AS m ORDER BY 1 $$,
    $$ VALUES ('ctr', 0.0123, NULL::uuid), ('satisfaction', 4.5, NULL) $$, '[A-F26] and the figures stay, nobody''s'
);

SELECT * FROM finish();
ROLLBACK;
