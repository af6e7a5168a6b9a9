BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
CREATE SCHEMA elsewhere AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE DOMAIN probe.word AS text;
CREATE DOMAIN probe.words AS probe.word[];
CREATE TYPE probe.pair AS (at timestamptz, word varchar(40));
CREATE TYPE probe.nest AS (n integer, pairs probe.pair[]);
CREATE TYPE probe.span AS RANGE (subtype = text, collation = "C");
CREATE TYPE probe.mood AS ENUM ('canary_sings_in_the_dark');
CREATE TYPE probe.when_and_how_many AS (at timestamptz, n numeric);

-- Each column holds the token, or is one that can't.
CREATE TABLE elsewhere."a""b;--" (
    id integer, plain text, short varchar(40), padded char(40), nm name, dom probe.word, arr text[],
    doms probe.words, js json, jb jsonb, deep jsonb, by bytea, byarr bytea[], pr probe.pair,
    nst probe.nest, spn probe.span, spns probe.span_multirange[], tv tsvector, u uuid, "колонка ""é"";--" text,
    mood probe.mood, at timestamptz, n numeric, whn probe.when_and_how_many, ints integer[], days daterange, b bit(3)
);
INSERT INTO elsewhere."a""b;--" (
    plain, short, padded, nm, dom, arr, doms, js, jb, deep, by, byarr, pr, nst, spn, spns, tv, u, "колонка ""é"";--", mood
) VALUES (
    'so CANARY_sings_in_the_dark', 'canary_sings_in_the_dark', 'canary_sings_in_the_dark', 'canary_sings_in_the_dark',
    'canary_sings_in_the_dark', '{x,canary_sings_in_the_dark}', '{x,canary_sings_in_the_dark}',
    '{"a": "canary_sings_in_the_dark"}', '["canary_sings_in_the_dark"]', '{"a": [{"canary_sings_in_the_dark": 1}]}',
    'my canary_sings_in_the_dark', ARRAY['x', 'canary_sings_in_the_dark']::bytea[],
    (now(), 'canary_sings_in_the_dark'), (1, ARRAY[(now(), 'canary_sings_in_the_dark')::probe.pair]),
    '["canary_sings_in_the_dark","d"]', ARRAY['{["canary_sings_in_the_dark","d"]}']::probe.span_multirange[],
    'canary_sings_in_the_dark'::tsvector, 'c0ffee00-0000-4000-8000-00000000cafe', 'canary_sings_in_the_dark',
    'canary_sings_in_the_dark'
);
RESET ROLE;
CREATE FUNCTION pg_temp.traces(VARIADIC p_tokens text[]) RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT concat_ws(' ', t.relation, t.column_name, t.rows) FROM kernel.subject_traces('probe', p_tokens) AS t
    WHERE t.rows > 0
$$;
SELECT set_eq(
    $$SELECT t FROM pg_temp.traces('Canary_Sings_in_the_dark', 'c0ffee00-0000-4000-8000-00000000cafe') AS t$$,
    ARRAY(
        SELECT format('elsewhere."a""b;--" %s 1', name) FROM unnest(
            ARRAY['plain', 'short', 'padded', 'nm', 'dom', 'arr', 'doms', 'js', 'jb', 'deep', 'by', 'byarr', 'pr',
                'nst', 'spn', 'spns', 'tv', 'u', 'колонка "é";--']
        ) AS c (name)
    ),
    'a token is found in every type that can hold it, in whatever case, in a schema of no app'
);
SELECT is_empty($$SELECT t FROM pg_temp.traces('nobody_wrote_this_anywhere') AS t$$, 'what is nowhere is not found');
SELECT set_eq(
    $$SELECT t FROM pg_temp.traces('sings') AS t$$,
    ARRAY['elsewhere."a""b;--" by 1', 'elsewhere."a""b;--" byarr 1'],
    'a short word is not found within another, save among bytes, where nothing parts words'
);
SELECT isnt_empty($$SELECT t FROM pg_temp.traces('sings_in_the_dark') AS t$$, 'a long one is');
RESET ROLE;
SELECT ok(kernel.is_searchable('xml'::regtype), 'XML is searched, where the server can make it');

-- Copies as other programs write them.
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.logs (line text, made json);
INSERT INTO probe.logs VALUES
    ('anna77', '{"a": "\u0410\u043d\u043d\u0430 \ud83d\ude00 \u043f\u0438\u0448\u0435\u0442"}'), ('xanna77y', NULL),
    ('АННА 😀 ПИШЕТ', NULL), ('say \"no\" to it', NULL), (encode('anna_of_the_hex', 'hex'), NULL);
RESET ROLE;
SELECT set_eq($$SELECT t FROM pg_temp.traces('anna77') AS t$$, ARRAY['probe.logs line 1'], 'a short word by itself');
SELECT set_eq(
    $$SELECT t FROM pg_temp.traces('Анна 😀 пишет') AS t$$, ARRAY['probe.logs line 1', 'probe.logs made 1'],
    'letters of any script, and as JSON escapes them'
);
SELECT set_eq($$SELECT t FROM pg_temp.traces('say "no" to') AS t$$, ARRAY['probe.logs line 1'], 'quotes, as JSON has them');
SELECT set_eq($$SELECT t FROM pg_temp.traces('anna_of_the_hex') AS t$$, ARRAY['probe.logs line 1'], 'as hex');
SELECT set_eq(
    $$SELECT t FROM pg_temp.traces('\x616e6e615f6f665f') AS t$$, ARRAY['probe.logs line 1'],
    'and bytes that are given in hex'
);
SELECT is_empty($$SELECT t FROM pg_temp.traces('a.*7', '(((((', '[^a]', '\m\M(', '%_%_') AS t$$, 'tokens are no patterns');

-- Materialised views, partitions, inheritance.
SET LOCAL ROLE strongroom_owner;
CREATE MATERIALIZED VIEW probe.copies AS SELECT l.line FROM probe.logs AS l WHERE l.line ~ '^x';
CREATE MATERIALIZED VIEW probe.empty AS SELECT l.line FROM probe.logs AS l WITH NO DATA;
CREATE TABLE probe.days (day integer, note text) PARTITION BY RANGE (day);
CREATE TABLE probe.days_1 PARTITION OF probe.days FOR VALUES FROM (1) TO (10);
CREATE TABLE probe.old (note text);
CREATE TABLE probe.older (remark text) INHERITS (probe.old);
INSERT INTO probe.days VALUES (1, 'xanna77y and more'), (2, 'xanna77y and more');
INSERT INTO probe.older VALUES ('xanna77y', 'x');
RESET ROLE;
SELECT set_eq(
    $$SELECT t FROM pg_temp.traces('xanna77y') AS t$$,
    ARRAY['probe.logs line 1', 'probe.copies line 1', 'probe.days note 2', 'probe.older note 1'],
    'materialised views, partitions through their root, heirs by themselves'
);

-- What has no page is not read.
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE probe.days_far PARTITION OF probe.days FOR VALUES FROM (20) TO (30) SERVER nowhere;
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.nights (night integer, note text) PARTITION BY RANGE (night);
CREATE TABLE probe.nights_1 PARTITION OF probe.nights FOR VALUES FROM (1) TO (10);
CREATE TABLE probe.dead (note text);
INSERT INTO probe.dead VALUES ('xanna77y');
DELETE FROM probe.dead;
RESET ROLE;
SELECT is(kernel.is_without_pages(t.relation::regclass), t.answer, t.relation || ': ' || t.why)
FROM (VALUES
    ('probe.days', false, 'a partition has rows'), ('probe.days_1', false, 'so has the partition itself'),
    ('probe.days_far', false, 'what is elsewhere can''t be told from here'), ('probe.old', true, 'its heir has rows, it has none'),
    ('probe.nights', true, 'no partition has a row'), ('probe.dead', false, 'a dead row is one'),
    ('probe.copies', false, 'a view that is filled'), ('probe.logs', false, 'a table with rows')
) AS t (relation, answer, why);
DROP FOREIGN TABLE probe.days_far;

-- Silence is no proof.
CREATE SCHEMA foreigner;
CREATE TABLE foreigner.notes (note text);
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.blind (note text);
ALTER TABLE probe.blind ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.blind FORCE ROW LEVEL SECURITY;
CREATE TABLE probe.half (note text);
ALTER TABLE probe.half ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.half FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.half FOR ALL TO strongroom_owner USING (true);
CREATE POLICY less ON probe.half AS RESTRICTIVE FOR SELECT TO strongroom_owner USING (note <> 'x');
RESET ROLE;
SELECT set_eq(
    $$SELECT t.relation::text FROM kernel.subject_traces('probe', '{nowhere_to_be_found}') AS t
      WHERE t.rows IS NULL AND t.relation NOT IN (SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'pgtap'::regnamespace)$$,
    ARRAY['foreigner.notes', 'probe.blind', 'probe.half', 'pg_statistic'],
    'what the owner can''t read whole is named'
);
GRANT SELECT ON pg_catalog.pg_statistic TO strongroom_owner;
INSERT INTO probe.logs SELECT 'statistic_of_' || i % 3 FROM generate_series(1, 30) AS i;
ANALYZE probe.logs;
DELETE FROM probe.logs WHERE line LIKE 'statistic_of_%';
SELECT set_eq($$SELECT t FROM pg_temp.traces('statistic_of_1') AS t$$, ARRAY['pg_statistic stavalues 1'], 'statistics, where they may be read');

SELECT throws_ok(
    format('SELECT * FROM kernel.subject_traces(''probe'', %L)', t.tokens), 'KR111', NULL, 'no tokens: ' || coalesce(t.tokens, 'NULL')
)
FROM unnest(ARRAY['{}', NULL, '{abc}', '{abcdef,NULL}', '{""}']) AS t (tokens);
SELECT throws_ok($$SELECT * FROM kernel.subject_traces('nobody', '{abcdef}')$$, 'KR110', NULL, 'no app');
SELECT is_empty($$SELECT * FROM kernel.traces_in('pg_catalog.pg_proc', '{abcdef}')$$, 'PostgreSQL''s own tables are not searched');

-- Tokens of a person.
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.people (id bigint PRIMARY KEY, login text, chat bigint, born text, tier text CHECK (tier IN ('professional', 'basic')), ref uuid, raw bytea);
COMMENT ON COLUMN probe.people.id IS E'@internal\n@subject';
COMMENT ON COLUMN probe.people.login IS E'@personal identifier\n@erase null';
COMMENT ON COLUMN probe.people.chat IS E'@personal identifier\n@erase null';
COMMENT ON COLUMN probe.people.tier IS E'@personal subscription\n@erase null';
COMMENT ON COLUMN probe.people.ref IS E'@personal identifier\n@erase null';
CREATE TABLE probe.letters (user_id bigint REFERENCES probe.people, body text, extra jsonb, tags text[]);
COMMENT ON COLUMN probe.letters.body IS E'@personal content\n@erase delete';
CREATE TABLE probe.bills (user_id bigint REFERENCES probe.people, name text);
COMMENT ON COLUMN probe.bills.name IS E'@personal payment\n@erase keep the tax office';
INSERT INTO probe.people VALUES
    (1, 'anna_k', 700012345, '1990', 'professional', 'c0ffee00-0000-4000-8000-000000000001', '\x0102030405060708090a'),
    (2, 'boris', 2, '1990', 'basic', NULL, NULL);
INSERT INTO probe.letters VALUES
    (1, E'Dear all, "this is my very own sentence"\nbye', '{"a": ["a phrase of JSON", 7], "b": {"c": "short"}}', '{a tag of mine alone,x}'),
    (1, 'Everybody says this sentence', NULL, NULL), (2, 'everybody SAYS this sentence, too', NULL, NULL);
CREATE FUNCTION probe.is_card(p_card text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN p_card IN ('Three_of_Pentacles', 'the_hanged_person');
INSERT INTO probe.letters VALUES (1, NULL, '["three_of_pentacles"]', '{the_hanged_person}');
INSERT INTO probe.bills VALUES (1, 'To c0ffee00-0000-4000-8000-000000000001');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT is(
    kernel.personal_tokens('probe', ' 1 '),
    ARRAY['this is my very own sentence', '\x0102030405060708090a', 'a tag of mine alone', 'a phrase of JSON', '700012345', 'anna_k'],
    'names, numbers and the person''s own words; not lists, not what others say, not what is kept, no words of the program'
);
SELECT lives_ok($$SELECT * FROM kernel.subject_traces('probe', '{nowhere_to_be_found}')$$, 'the runner may search');
SELECT is(kernel.personal_tokens('probe', '7'), '{}', 'somebody who is not there has none');
SELECT is(kernel.personal_tokens('tarot', '7'), '{}', 'of tarot, too');
SELECT throws_ok($$SELECT kernel.personal_tokens('probe', 'x')$$, 'KR041', NULL, 'an id that is none');
SELECT throws_ok($$SELECT kernel.personal_tokens('nobody', '1')$$, 'KR041', NULL, 'an app that is none');
RESET ROLE;

SELECT is(
    array_agg(r.name::text ORDER BY r.name) FILTER (WHERE has_function_privilege(r.name, f.oid, 'EXECUTE')),
    ARRAY['strongroom_owner', 'strongroom_runner'], f.proname || ' is for the runner'
)
FROM pg_proc AS f
CROSS JOIN unnest('{strongroom_owner,strongroom_runner,strongroom_login,tarot_app,tarot_worker,tarot_analyst,strongroom_auditor}'::name[]) AS r (name)
WHERE f.proname IN ('subject_traces', 'traces_in', 'searched_tables', 'traces_in_statistics', 'personal_tokens')
GROUP BY f.oid, f.proname;

SELECT * FROM finish();
ROLLBACK;
