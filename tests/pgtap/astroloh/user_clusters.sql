-- Whom a model takes people to be like: once per cluster and version.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.user_clusters') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('cluster_id', 'text', true, NULL),
        ('cluster_name', 'text', false, NULL),
        ('cluster_features', 'jsonb', true, '''{}''::jsonb'),
        ('similarity_score', 'integer', true, NULL),
        ('algorithm_version', 'text', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-16] [A-16.1..A-16.9] [A-F19] clusters have their columns'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.user_clusters') $$,
    $$
    VALUES
        ('user_clusters_cluster_features_idx gin (cluster_features jsonb_path_ops)'),
        ('user_clusters_cluster_id_idx btree (cluster_id, similarity_score, user_id)'),
        ('UNIQUE user_clusters_cluster_id_key btree (user_id, cluster_id, algorithm_version)'),
        ('UNIQUE user_clusters_pkey btree (user_id, id)')
    $$,
    '[A-16.10..A-16.13] [A-27] [A-29] [A-F18] [A-F33] clusters have the indexes they need and no other'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.user_clusters'::regclass AND contype = 'f' $$,
    $$ VALUES ('user_clusters_user_id_fkey', 'c') $$, '[A-16.2] they go with the person'
);

CREATE FUNCTION pg_temp.put(p_cluster text, p_score integer, p_version text DEFAULT '1', p_features jsonb DEFAULT '{"element": "fire"}')
RETURNS void LANGUAGE sql AS $$
    INSERT INTO astroloh.user_clusters (user_id, cluster_id, similarity_score, algorithm_version, cluster_features)
    VALUES (current_setting('test.ann')::uuid, p_cluster, p_score, p_version, p_features)
$$;

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SET LOCAL ROLE astroloh_worker;
SELECT lives_ok($$ SELECT pg_temp.put('fire', 80) $$, '[A-16.3] a person is in a cluster');
SELECT lives_ok($$ SELECT pg_temp.put('fire', 70, '2') $$, '[A-16.7] by another version, too');
SELECT throws_ok($$ SELECT pg_temp.put('fire', 60) $$, '23505', NULL, '[A-F18] but once by a version');
SELECT throws_matching(format('SELECT pg_temp.put(%s)', wrong.data), wrong.error, wrong.why)
FROM (
    VALUES
        ('''ice'', 101', 'similarity_score_check', '[A-16.6] [A-F19] nobody is more than alike'),
        ('''ice'', -1', 'similarity_score_check', '[A-16.6] nor less than not'),
        ('repeat(''x'', 51), 1', 'cluster_id_length_check', '[A-16.3] a cluster has a short name'),
        ('''ice'', 1, repeat(''x'', 21)', 'algorithm_version_length_check', '[A-16.7] and so has a version'),
        ('''ice'', 1, ''1'', ''[]''', 'cluster_features_check', '[A-16.5] features are an object')
) AS wrong (data, error, why);
SET LOCAL enable_seqscan = off;
SELECT matches(
    pg_temp.plan_of('SELECT user_id FROM astroloh.user_clusters WHERE cluster_features @> ''{"element": "fire"}'''),
    'Bitmap Index Scan on user_clusters_cluster_features_idx', '[A-16.13] [A-29] features are found by index'
);
SELECT matches(
    pg_temp.plan_of('SELECT user_id FROM astroloh.user_clusters WHERE cluster_id = ''fire'' AND similarity_score >= 50'),
    'user_clusters_cluster_id_idx', '[A-16.11] [A-16.12] [A-27] and so is who is most like a cluster'
);

SET LOCAL ROLE astroloh_app;
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT is((SELECT count(*) FROM astroloh.user_clusters), 2::bigint, 'one sees one''s own clusters');
SELECT throws_ok($$ DELETE FROM astroloh.user_clusters $$, '42501', NULL, 'and changes none');
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.user_clusters $$, 'nobody sees those of others');

RESET ROLE;
UPDATE astroloh.user_clusters SET updated_at = '2020-01-01';
SELECT is((SELECT min(c.updated_at) FROM astroloh.user_clusters AS c), now(), '[A-21] [A-22] updated_at is kept by the database');
INSERT INTO astroloh.users (id) SELECT gen_random_uuid() FROM generate_series(1, 5);
SELECT pg_temp.agree_all();
INSERT INTO astroloh.user_clusters (user_id, cluster_id, similarity_score, algorithm_version)
SELECT u.id, 'water', 90, '1' FROM astroloh.users AS u;
SET LOCAL ROLE astroloh_analyst;
SELECT results_eq(
    $$ SELECT algorithm_version, cluster_id, people, close_people FROM astroloh.cluster_sizes $$,
    $$ VALUES ('1', 'water', 7::bigint, 7::bigint) $$, '[A-08] an analyst counts clusters of five people at least'
);
SELECT hasnt_column('astroloh'::name, 'user_clusters_masked'::name, 'cluster_id'::name, '[A-08] and does not see who is in which');

SELECT * FROM finish();
ROLLBACK;
