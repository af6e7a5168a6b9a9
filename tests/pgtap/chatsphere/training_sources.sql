-- What bots learn from.
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
    WHERE a.attrelid = 'chatsphere.training_sources'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('source_type', 'text', true, NULL),
        ('content', 'text', true, NULL),
        ('metadata', 'jsonb', true, '''{}''::jsonb'),
        ('status', 'text', true, '''pending''::text'),
        ('processed_at', 'timestamp with time zone', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('content_hash', 'bytea', true, NULL),
        ('error_message', 'text', false, NULL)
    $$,
    '[C-14.1] [C-14.3..C-14.9] [C-F14] [C-F23] training_sources has its columns, required where they should be'
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
    WHERE k.conrelid = 'chatsphere.training_sources'::regclass AND k.contype = 'f'AND k.conparentid = 0
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('training_sources_chatbot_id_fkey', 'chatsphere.chatbots', 'c', 'user_id, chatbot_id')
    $$,
    '[C-14.2] [C-F15] what training_sources refers to, and what a deletion there does'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere'AND tablename = 'training_sources'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX training_sources_content_hash_key ON chatsphere.training_sources '
            'USING btree (user_id, chatbot_id, content_hash)'),
        ('CREATE INDEX training_sources_created_at_idx ON chatsphere.training_sources USING '
            'btree (user_id, chatbot_id, created_at, id)'),
        ('CREATE INDEX training_sources_failed_idx ON chatsphere.training_sources USING btree '
            '(updated_at, user_id, chatbot_id, id) WHERE (status = ''failed''::text)'),
        ('CREATE UNIQUE INDEX training_sources_pkey ON chatsphere.training_sources USING btree '
            '(user_id, chatbot_id, id)')
    $$,
    '[C-14.10] [C-14.11] [C-F13] [C-F23] training_sources has the indexes it needs and no other'
);
SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
SELECT set_config('test.two', chatsphere.create_chatbot('Two')::text, true);
SELECT lives_ok(
    $$ SELECT set_config(
        'test.source', chatsphere.add_source(current_setting('test.bot')::uuid, 'text', 'The sky is blue.')::text, true
    ) $$,
    '[C-14] a bot gets something to learn'
);
SELECT results_eq(
    $$ SELECT s.status, s.metadata, s.processed_at, s.content_hash, j.attempts
    FROM chatsphere.training_sources AS s
    JOIN chatsphere.training_jobs AS j ON j.source_id = s.id $$,
    $$ VALUES ('pending', '{}'::jsonb, NULL::timestamptz, sha256('The sky is blue.'), 0) $$,
    '[C-14.5] [C-14.6] [C-F23] which waits in the queue, with a digest'
);
SELECT throws_matching(
    $$ SELECT chatsphere.add_source(current_setting('test.bot')::uuid, 'url', 'The sky is blue.') $$,
    'training_sources_content_hash_key', '[C-F23] the same text is learned once by a bot'
);
SELECT lives_ok(
    $$ SELECT chatsphere.add_source(current_setting('test.two')::uuid, 'url', 'The sky is blue.') $$,
    '[C-F23] and by another one as well'
);
SELECT throws_matching(
    format(
        'SELECT chatsphere.add_source(%L, %L, %L, %L)', current_setting('test.bot'), wrong.type, wrong.content,
        wrong.metadata
    ),
    wrong.rule, '[C-F17] no source: ' || wrong.rule
)
FROM (
    VALUES
        ('video', 'x', '{}', 'training_sources_source_type_check'),
        ('text', '', '{}', 'training_sources_content_length_check'),
        ('text', 'x', '[]', 'training_sources_metadata_check')
) AS wrong (type, content, metadata, rule);
SELECT throws_ok(
    format('UPDATE chatsphere.training_sources SET %I = NULL', wrong.name), '42501', NULL,
    'nobody writes ' || wrong.name || ' of a source'
)
FROM (VALUES ('status'), ('content'), ('content_hash'), ('error_message')) AS wrong (name);
RESET ROLE;
UPDATE chatsphere.plans SET source_limit = 1 WHERE plan_name = 'free';
SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(
    $$ SELECT chatsphere.add_source(current_setting('test.bot')::uuid, 'text', 'more') $$, 'SP010', NULL,
    '[C-F18] a plan says how many sources a bot may have'
);
SELECT throws_ok(
    $$ SELECT chatsphere.add_source(gen_random_uuid(), 'text', 'more') $$, 'SP009', NULL, 'which has to be there'
);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty('SELECT FROM chatsphere.training_sources', '[C-F10] nobody sees the sources of others');
SELECT is_empty('SELECT FROM chatsphere.training_jobs', '[C-F10] nor the queue of theirs');
SELECT throws_ok(
    $$ SELECT chatsphere.retry_source(current_setting('test.bot')::uuid, current_setting('test.source')::uuid) $$,
    'SP011', NULL, 'nor queues them'
);
SET LOCAL ROLE chatsphere_worker;
SELECT isnt_empty('SELECT content FROM chatsphere.training_sources', 'a worker reads what it is to learn');
SELECT throws_ok('UPDATE chatsphere.training_sources SET status = ''completed''', '42501', NULL, 'and writes no state');
RESET ROLE;
SELECT throws_ok(
    format('UPDATE chatsphere.training_sources SET %s', wrong.change), '23514', NULL, '[C-F17] no source: ' || wrong.change
)
FROM (
    VALUES
        ('status = ''done'''), ('status = ''completed'''), ('processed_at = now()'), ('content_hash = ''x''')
) AS wrong (change);
UPDATE chatsphere.training_sources SET updated_at = '2020-01-01', error_message = 'x'
WHERE id = current_setting('test.source')::uuid;
SELECT is(
    (SELECT updated_at FROM chatsphere.training_sources WHERE id = current_setting('test.source')::uuid), now(),
    '[C-F21] [C-14.9] updated_at is kept'
);
SELECT lives_ok(
    $$ DELETE FROM chatsphere.chatbots WHERE id = current_setting('test.bot')::uuid $$, '[C-F15] a bot can go'
);
SELECT is((SELECT count(*) FROM chatsphere.training_sources), 1::bigint, '[C-F15] and its sources with it');
SELECT is((SELECT count(*) FROM chatsphere.training_jobs), 1::bigint, '[C-F15] and their places in the queue');

SELECT * FROM finish();
ROLLBACK;
