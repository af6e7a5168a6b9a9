-- What people did: shapes, indexes, partitions, and what stays of the numbers.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.user_interactions') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('interaction_type', 'text', true, NULL),
        ('content_type', 'text', true, NULL),
        ('content_id', 'text', false, NULL),
        ('session_duration', 'integer', false, NULL),
        ('rating', 'integer', false, NULL),
        ('feedback_text', 'text', false, NULL),
        ('astronomical_data', 'jsonb', false, NULL),
        ('occurred_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-14] [A-14.1..A-14.10] [A-F25] interactions have their columns'
);
SELECT col_is_pk(
    'astroloh'::name, 'user_interactions'::name, ARRAY['user_id', 'occurred_at', 'id']::name[], '[A-14.1] keyed by person, time and id'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.user_interactions'::regclass AND contype = 'f' AND conparentid = 0 $$,
    $$ VALUES ('user_interactions_user_id_fkey', 'c') $$, '[A-14.2] an interaction goes with the person'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.user_interactions') $$,
    $$
    VALUES
        ('user_interactions_astronomical_data_idx gin (astronomical_data jsonb_path_ops)'),
        ('user_interactions_content_type_idx btree (content_type, occurred_at)'),
        ('user_interactions_interaction_type_idx btree (interaction_type, occurred_at)'),
        ('user_interactions_occurred_at_idx btree (occurred_at)'),
        ('UNIQUE user_interactions_pkey btree (user_id, occurred_at, id)'),
        ('user_interactions_rating_idx btree (content_type, rating, occurred_at) WHERE (rating IS NOT NULL)')
    $$,
    '[A-14.11..A-14.16] [A-27] [A-29] [A-F5] [A-F33] they have the indexes they need and no other'
);
SELECT results_eq(
    $$ SELECT p.key_kind, p.every FROM kernel.partition_policy AS p WHERE p.parent = 'astroloh.user_interactions'::regclass $$,
    $$ VALUES ('time', interval '1 month') $$, '[A-32] they are cut by months'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.agree_all();
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT lives_ok(
    format(
        $$
        INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type, rating, astronomical_data)
        VALUES (kernel.user_uuid(), %L, %L, 5, '{"moon": {"sign": "leo", "degrees": 12.5}}')
        $$,
        done.what, content.what
    ),
    format('[A-14.3] [A-14.4] an interaction: %s %s', done.what, content.what)
)
FROM unnest(ARRAY['view', 'like', 'dislike', 'save', 'share']) AS done (what)
CROSS JOIN unnest(ARRAY['horoscope', 'compatibility', 'lunar']) AS content (what);
SELECT throws_matching(
    format(
        'INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type, %s) VALUES (kernel.user_uuid(), %s)',
        wrong.columns, wrong.data
    ),
    wrong.error, wrong.why
)
FROM (
    VALUES
        ('rating', '''kick'', ''lunar'', 1', 'interaction_type_check', '[A-14.3] [A-F13] nothing else is done'),
        ('rating', '''view'', ''tea'', 1', 'content_type_check', '[A-14.4] [A-F13] with nothing else'),
        ('rating', '''view'', ''lunar'', 0', 'rating_check', '[A-14.7] no star is no rating'),
        ('rating', '''view'', ''lunar'', 6', 'rating_check', '[A-14.7] nor are six'),
        ('session_duration', '''view'', ''lunar'', -1', 'session_duration_check', '[A-14.6] nothing takes less than no time'),
        ('content_id', '''view'', ''lunar'', repeat(''x'', 256)', 'content_id_length_check', '[A-14.5] an id has at most 255 characters'),
        ('feedback_text', '''view'', ''lunar'', repeat(''x'', 4001)', 'feedback_text_length_check', '[A-14.8] feedback has an end'),
        ('astronomical_data', '''view'', ''lunar'', ''[]''', 'astronomical_data_check', '[A-14.9] a sky is an object'),
        ('occurred_at', '''view'', ''lunar'', NULL', 'no partition', '[A-14.10] a time is required')
) AS wrong (columns, data, error, why);
SELECT throws_ok(
    $$ INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type) VALUES (current_setting('test.bob')::uuid, 'like', 'lunar') $$,
    '42501', NULL, 'nobody likes for somebody else'
);
SELECT throws_ok($$ UPDATE astroloh.user_interactions SET rating = 1 $$, '42501', NULL, 'what was done stays');
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT is_empty($$ SELECT id FROM astroloh.user_interactions $$, 'nobody sees what others did');

SET LOCAL ROLE astroloh_worker;
SELECT throws_ok($$ SELECT feedback_text FROM astroloh.user_interactions $$, '42501', NULL, 'a model reads nobody''s words');
SET LOCAL enable_seqscan = off;
SELECT matches(
    pg_temp.plan_of('SELECT user_id FROM astroloh.user_interactions WHERE astronomical_data @> ''{"moon": {"sign": "leo"}}'''),
    'Bitmap Index Scan on user_interactions_\w+astronomical_data', '[A-14.16] [A-29] a sky is found by index'
);
SET LOCAL ROLE astroloh_analyst;
SELECT columns_are(
    'astroloh'::name, 'user_interactions_masked'::name,
    ARRAY[
        'user_id', 'id', 'interaction_type', 'content_type', 'session_duration', 'rating', 'feedback_text', 'astronomical_data',
        'occurred_at'
    ]::name[],
    '[A-08] an analyst sees what was done, not by whom'
);
SELECT col_type_is('astroloh'::name, 'user_interactions_masked'::name, 'feedback_text'::name, 'boolean', '[A-08] of words, that there are some');

-- Each person's own period; how often what was done stays known.
RESET ROLE;
UPDATE astroloh.users SET data_retention_days = 30 WHERE id = current_setting('test.bob')::uuid;
INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type, occurred_at)
SELECT u.id, 'save', 'horoscope', now() - interval '31 days'
FROM astroloh.users AS u
WHERE now() - interval '31 days' >= date_trunc('month', now(), 'UTC') - interval '1 month';
SELECT set_config('test.ever', (SELECT sum(c.counted)::text FROM astroloh.daily_interactions_ever AS c), true);
SET LOCAL ROLE strongroom_runner;
SELECT lives_ok($$ SELECT kernel.apply_retention('user_interactions') $$, '[A-06] what was done is forgotten in time');
RESET ROLE;
SELECT results_eq(
    $$ SELECT i.user_id::text FROM astroloh.user_interactions AS i WHERE i.occurred_at < now() - interval '30 days' $$,
    $$ SELECT current_setting('test.ann') WHERE now() - interval '31 days' >= date_trunc('month', now(), 'UTC') - interval '1 month' $$,
    '[A-06] [A-48] that of who wants it so'
);

-- A person goes.
SELECT lives_ok($$ DELETE FROM astroloh.users WHERE id = current_setting('test.ann')::uuid $$, '[A-F26] a person goes with what they did');
SELECT is((SELECT sum(c.counted) FROM astroloh.daily_interactions_ever AS c), current_setting('test.ever')::numeric, '[A-F26] and how often stays, without a name');

INSERT INTO astroloh.users (id) SELECT gen_random_uuid() FROM generate_series(1, 5);
SELECT pg_temp.agree_all();
INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type, rating, occurred_at)
SELECT u.id, kind.name, 'lunar', 4, date_trunc('day', now(), 'UTC') - interval '1 hour'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM astroloh.users) AS u
JOIN (VALUES ('like', 5), ('share', 4)) AS kind (name, people) ON u.n <= kind.people;
SET LOCAL ROLE astroloh_analyst;
SELECT results_eq(
    $$ SELECT interaction_type, content_type, interactions, people, ratings, good_ratings FROM astroloh.daily_interactions $$,
    $$ VALUES ('like', 'lunar', 5::bigint, 5::bigint, 5::bigint, 5::bigint) $$,
    '[A-08] an analyst counts what five people at least did'
);

SELECT * FROM finish();
ROLLBACK;
