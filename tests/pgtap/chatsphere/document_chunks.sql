-- Pieces of what was learned: who keeps them, who finds them, and by what.
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
    WHERE a.attrelid = 'chatsphere.document_chunks'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('chatbot_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('source_id', 'uuid', true, NULL),
        ('chunk_index', 'integer', true, NULL),
        ('language', 'text', true, NULL),
        ('content', 'text', true, NULL),
        ('embedding', 'extensions.halfvec(1536)', true, NULL),
        ('embedding_model', 'text', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('words', 'tsvector', true, 'to_tsvector(chatsphere.text_config(language), content)')
    $$,
    '[C-20] [C-F29] document_chunks has its columns, all required: 1536 numbers, and who made them'
);
SELECT results_eq(
    $$
    SELECT
        k.conname::text COLLATE "default", k.confrelid::regclass::text COLLATE "default",
        k.confdeltype::text COLLATE "default", (
            SELECT string_agg(a.attname, ', ' ORDER BY c.place) COLLATE "default"
            FROM unnest(k.conkey) WITH ORDINALITY AS c (attnum, place)
            JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
        )
    FROM pg_constraint AS k
    WHERE k.conrelid = 'chatsphere.document_chunks'::regclass AND k.contype = 'f'
    ORDER BY k.conname
    $$,
    $$
    VALUES
        ('document_chunks_source_id_fkey', 'chatsphere.training_sources', 'c', 'user_id, chatbot_id, source_id')
    $$,
    '[C-20] [C-F29] a piece is of a source that is there, and goes with it'
);
SELECT results_eq(
    $$
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'chatsphere' AND tablename = 'document_chunks'
    ORDER BY indexname
    $$,
    $$
    VALUES
        ('CREATE INDEX document_chunks_chatbot_id_words_content_idx ON chatsphere.document_chunks USING gin '
            '(chatbot_id, words, content extensions.gin_trgm_ops)'),
        ('CREATE UNIQUE INDEX document_chunks_chunk_index_key ON chatsphere.document_chunks USING '
            'btree (user_id, chatbot_id, source_id, chunk_index)'),
        ('CREATE INDEX document_chunks_embedding_idx ON chatsphere.document_chunks USING '
            'hnsw (embedding extensions.halfvec_cosine_ops) WITH (m=''16'', ef_construction=''96'')'),
        ('CREATE INDEX document_chunks_language_idx ON chatsphere.document_chunks USING '
            'btree (user_id, chatbot_id, language)'),
        ('CREATE UNIQUE INDEX document_chunks_pkey ON chatsphere.document_chunks USING btree '
            '(user_id, chatbot_id, id)')
    $$,
    '[C-02] [C-20] [C-27] [C-F25] [C-F29] it is found by bot, source, language, meaning, words and letters'
);
SELECT results_eq(
    $$
    SELECT e.extname::text COLLATE "default" FROM pg_extension AS e
    WHERE e.extnamespace = 'extensions'::regnamespace AND e.extname IN ('pg_trgm', 'uuid-ossp', 'vector')
    ORDER BY e.extname
    $$,
    $$ VALUES ('pg_trgm'), ('vector') $$, '[C-27] [C-F25] extensions are those that an index needs'
);

CREATE SCHEMA probe;
GRANT USAGE ON SCHEMA probe TO strongroom_client;
ALTER DEFAULT PRIVILEGES IN SCHEMA probe GRANT EXECUTE ON FUNCTIONS TO strongroom_client;

-- A vector in which two numbers are not 0.
CREATE FUNCTION probe.vector(p_first integer, p_second integer) RETURNS extensions.halfvec
LANGUAGE sql
RETURN (ARRAY[p_first, p_second] || array_fill(0, '{1534}'))::extensions.halfvec;

-- Stores a piece as the worker that has the source.
CREATE FUNCTION probe.store(
    p_source text, p_index integer, p_content text, p_embedding extensions.halfvec,
    p_language text DEFAULT NULL, p_model text DEFAULT 'small'
) RETURNS uuid
LANGUAGE plpgsql
AS $$
DECLARE
    v_source CONSTANT uuid := current_setting('test.' || p_source);
BEGIN
    RETURN chatsphere.store_chunk(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, v_source,
        current_setting('test.lease_' || p_source)::uuid, p_index, p_content, p_embedding, p_model, p_language
    );
END;
$$;

SELECT set_config('test.ann', chatsphere.register_user('ann@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('test.bob', chatsphere.register_user('bob@example.org', '$2b$12$' || repeat('x', 53))::text, true);
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT set_config('kernel.app', 'chatsphere', true);
SET LOCAL ROLE chatsphere_app;
SELECT set_config('test.bot', chatsphere.create_chatbot('Helper')::text, true);
SELECT set_config('test.source', chatsphere.add_source(current_setting('test.bot')::uuid, 'text', 'Text')::text, true);
SELECT set_config('test.more', chatsphere.add_source(current_setting('test.bot')::uuid, 'text', 'More')::text, true);
SELECT set_config('test.token', opened.session_token, true)
FROM chatsphere.open_session(current_setting('test.bot')::uuid, repeat('a', 64)) AS opened;
SELECT set_config('kernel.user_id', '', true);

SET LOCAL ROLE chatsphere_worker;
SELECT set_config(
    CASE c.source_id::text WHEN current_setting('test.more') THEN 'test.lease_more' ELSE 'test.lease_source' END, c.lease_id::text, true
)
FROM chatsphere.claim_sources(2) AS c;

SELECT lives_ok(
    format('SELECT probe.store(%L, %s, %L, probe.vector(%s, %s), %L)', c.source, c.place, c.content, c.a, c.b, c.language),
    '[C-20] a piece is kept: ' || c.content
)
FROM (
    VALUES
        ('source', 0, 'We refund the price within two weeks.', 10, 1, NULL),
        ('source', 1, 'Our office is in Barcelona.', 1, 10, NULL),
        ('source', 2, 'Holidays and refunds are two things.', -10, 1, NULL),
        ('more', 0, 'Wir erstatten Preise.', 10, 2, 'de')
) AS c (source, place, content, a, b, language);
SELECT is(
    probe.store('source', 1, 'Our office is in Madrid.', probe.vector(1, 10)),
    probe.store('source', 1, 'Our office is in Barcelona.', probe.vector(1, 10)),
    '[C-F29] a place in a source has one piece: the second takes the place of the first'
);
SELECT throws_ok(
    format('SELECT probe.store(%L, 9, %L, %s, NULL, %s)', 'source', 'x', wrong.vector, wrong.model), 'SP017', NULL,
    '[C-20] [C-F29] no piece with a vector of ' || wrong.what
)
FROM (
    VALUES
        ('NULL', '''small''', 'nothing'), ('probe.vector(0, 0)', '''small''', 'no direction'),
        ('''[1,2]''', '''small''', 'two numbers'), ('probe.vector(1, 2)', 'NULL', 'nobody knows which model')
) AS wrong (vector, model, what);
SELECT throws_matching(
    format('SELECT probe.store(%L, %s, %L, probe.vector(1, 2), %L, %L)', 'source', w.place, w.content, w.language, w.model),
    w.rule, '[C-20] no piece: ' || w.rule
)
FROM (
    VALUES
        (-1, 'x', 'en', 'small', 'document_chunks_chunk_index_check'),
        (9, '', 'en', 'small', 'document_chunks_content_length_check'),
        (9, repeat('x', 20001), 'en', 'small', 'document_chunks_content_length_check'),
        (9, 'x', 'English', 'small', 'document_chunks_language_check'),
        (9, 'x', 'en', '', 'document_chunks_embedding_model_length_check')
) AS w (place, content, language, model, rule);
SELECT throws_ok(
    format(
        'SELECT chatsphere.store_chunk(%L, %L, %L, %L, 0, %L, probe.vector(1, 2), %L)', current_setting('test.ann'),
        current_setting('test.bot'), current_setting('test.source'), gen_random_uuid(), 'x', 'small'
    ),
    'SP012', NULL, '[C-F23] nobody writes pieces of a source that another worker has'
);
SELECT throws_ok('SELECT content FROM chatsphere.document_chunks', '42501', NULL, 'nor reads a table of them all');

SELECT results_eq(
    format(
        'SELECT chunk_index, language, content, distance IS NOT NULL FROM chatsphere.search_bot_chunks(%L, %L, %s)',
        current_setting('test.ann'), current_setting('test.bot'), asked.arguments
    ),
    format(asked.answer), '[C-02] ' || asked.what
)
FROM (
    VALUES
        ('NULL, probe.vector(10, 1), ''small'', p_limit => 2',
            $$ VALUES (0, 'en', 'We refund the price within two weeks.', true), (0, 'de', 'Wir erstatten Preise.', true) $$,
            '[C-20] a vector finds what means nearly the same, the nearest first'),
        ('NULL, probe.vector(10, 1), ''other''',
            'SELECT 0, '''', '''', true WHERE false', '[C-F29] and nothing that another model measured'),
        ('NULL, probe.vector(10, 1), ''small'', p_language => ''de''',
            $$ VALUES (0, 'de', 'Wir erstatten Preise.', true) $$, '[C-20] only in one language'),
        ('''refunds''',
            $$ VALUES (2, 'en', 'Holidays and refunds are two things.', false), (0, 'en', 'We refund the price within two weeks.', false) $$,
            'words find what has them in whatever form'),
        ('''refund -holiday''', $$ VALUES (0, 'en', 'We refund the price within two weeks.', false) $$, 'and not what was excluded'),
        ('''erstattet Preis'', p_language => ''de''', $$ VALUES (0, 'de', 'Wir erstatten Preise.', false) $$,
            'in the forms of the language that is asked for'),
        ('''Barzelona''', $$ VALUES (1, 'en', 'Our office is in Barcelona.', false) $$, '[C-27] [C-F25] letters find what is misspelt'),
        ('''holiday'', probe.vector(10, 1), ''small'', p_limit => 1',
            $$ VALUES (2, 'en', 'Holidays and refunds are two things.', true) $$,
            'what is far down by meaning and first by words is first of all'),
        ('''zebra crossing''', 'SELECT 0, '''', '''', true WHERE false', 'nothing is found where nothing is')
) AS asked (arguments, answer, what);
SELECT results_eq(
    format(
        'SELECT source_id, score FROM chatsphere.search_bot_chunks(%L, %L, NULL, probe.vector(10, 1), %L, %L)',
        current_setting('test.ann'), current_setting('test.bot'), 'small', current_setting('test.more')
    ),
    format('VALUES (%L::uuid, 1.0::float8 / 61)', current_setting('test.more')), '[C-02] [C-20] only of one source'
);
SELECT is(
    (
        SELECT score FROM chatsphere.search_bot_chunks(
            current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, 'price refund', probe.vector(10, 1), 'small'
        )
        LIMIT 1
    ),
    -- The nearest, the only one with these words, and the one that is written most alike.
    (1.0 / 61 + 1.0 / 61 + 1.0 / 61)::float8, '[C-02] each list gives 1 / (60 + place)'
);
SELECT throws_ok(
    format(
        'SELECT * FROM chatsphere.search_bot_chunks(%L, %L, %s)', current_setting('test.ann'), current_setting('test.bot'),
        wrong.arguments
    ),
    wrong.code, NULL, 'no search for ' || wrong.what
)
FROM (
    VALUES
        ('NULL', 'SP018', 'nothing'), (''' ''', 'SP018', 'blanks'), ('''x'', p_limit => 0', 'SP018', 'no piece'),
        ('''x'', p_limit => 101', 'SP018', 'more pieces than one reads'), ('''x'', p_limit => NULL', 'SP018', 'an unknown number'),
        ('''x'', ''[1]'', ''small''', 'SP017', 'a vector of one number'),
        ('''x'', probe.vector(1, 1)', 'SP017', 'a vector of no model')
) AS wrong (arguments, code, what);
SELECT lives_ok(
    format('SELECT * FROM chatsphere.search_bot_chunks(%L, %L, %L)', current_setting('test.ann'), current_setting('test.bot'), asked),
    'whatever is typed is looked for: ' || quote_literal(left(asked, 20))
)
FROM (VALUES ('''"( & | !'), ('the of and'), ('%_\'), (repeat('word ', 5000)), ('<->'), (E'\u00df\n\t')) AS typed (asked);

SET LOCAL ROLE chatsphere_app;
SELECT throws_ok(
    format('SELECT * FROM chatsphere.search_chunks(%L, %L)', current_setting('test.bot'), 'refund'), 'KR001', NULL,
    'nobody in particular searches nothing'
);
SELECT results_eq(
    format('SELECT content FROM chatsphere.search_session_chunks(%L, %L)', current_setting('test.token'), 'office'),
    $$ VALUES ('Our office is in Barcelona.') $$, '[C-02] [C-40] a visitor finds what the bot of the conversation knows'
);
SELECT throws_ok(
    $$ SELECT * FROM chatsphere.search_session_chunks('wrong', 'office') $$, 'SP013', NULL, '[C-40] and nothing by a wrong token'
);
SELECT is_empty('SELECT id FROM chatsphere.document_chunks', '[C-F10] a visitor reads no table');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq(
    format('SELECT content FROM chatsphere.search_chunks(%L, %L)', current_setting('test.bot'), 'office'),
    $$ VALUES ('Our office is in Barcelona.') $$, '[C-02] an owner finds what the own bot knows'
);
SELECT is((SELECT count(id) FROM chatsphere.document_chunks), 4::bigint, 'and sees it piece by piece');
SELECT throws_ok(
    format(wrong.statement, 'chatsphere.document_chunks'), '42501', NULL, '[C-40] no owner may: ' || wrong.statement
)
FROM (
    VALUES
        ('SELECT embedding FROM %s'), ('SELECT words FROM %s'), ('DELETE FROM %s'), ('UPDATE %s SET content = ''x'''),
        ('INSERT INTO %s DEFAULT VALUES')
) AS wrong (statement);
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty(
    format(
        'SELECT * FROM chatsphere.search_chunks(%L, %L, probe.vector(10, 1), %L)', current_setting('test.bot'), 'office', 'small'
    ),
    '[C-F10] [C-28] another owner finds nothing in it'
);
SELECT is_empty('SELECT id FROM chatsphere.document_chunks', '[C-F10] [C-28] and sees no piece');

SET LOCAL ROLE chatsphere_worker;
SELECT is(
    chatsphere.trim_chunks(
        current_setting('test.ann')::uuid, current_setting('test.bot')::uuid, current_setting('test.source')::uuid,
        current_setting('test.lease_source')::uuid, 1
    ),
    2::bigint, 'what a source has no more of is forgotten'
);
SELECT throws_ok(
    format(
        'SELECT chatsphere.trim_chunks(%L, %L, %L, %L, %L)', current_setting('test.ann'), current_setting('test.bot'),
        current_setting('test.source'), current_setting('test.lease_source'), wrong.count
    ),
    'SP007', NULL, 'but not all beyond ' || coalesce(wrong.count::text, 'NULL')
)
FROM (VALUES (-1), (NULL)) AS wrong (count);
SELECT throws_ok(
    format(
        'SELECT chatsphere.trim_chunks(%L, %L, %L, %L, 0)', current_setting('test.ann'), current_setting('test.bot'),
        current_setting('test.source'), gen_random_uuid()
    ),
    'SP012', NULL, 'nor by a worker that has another lease'
);
RESET ROLE;
SELECT results_eq(
    'SELECT source_id::text, chunk_index FROM chatsphere.document_chunks ORDER BY language',
    $$ VALUES (current_setting('test.more'), 0), (current_setting('test.source'), 0) $$, 'what it has stays, and so does the other source'
);
DELETE FROM chatsphere.training_sources WHERE id = current_setting('test.more')::uuid;
SELECT is((SELECT count(*) FROM chatsphere.document_chunks), 1::bigint, '[C-F15] pieces go with their source');
DELETE FROM chatsphere.users WHERE email = 'ann@example.org';
SELECT is((SELECT count(*) FROM chatsphere.document_chunks), 0::bigint, '[C-F15] and with the account');

SELECT * FROM finish();
ROLLBACK;
