BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.people (
    id bigint PRIMARY KEY, name text, age integer, born date, seen timestamptz, score numeric, ids bigint[],
    raw bytea, extra jsonb, secret kernel.sealed, born_year integer GENERATED ALWAYS AS (extract(year FROM born)) STORED
);
COMMENT ON COLUMN probe.people.id IS E'@internal\n@subject';
COMMENT ON COLUMN probe.people.name IS E'@personal name\n@erase null';
COMMENT ON COLUMN probe.people.age IS E'@personal birth\n@erase null';
COMMENT ON COLUMN probe.people.born IS E'@personal birth\n@erase null';
COMMENT ON COLUMN probe.people.score IS E'@personal score\n@erase keep the court';
COMMENT ON COLUMN probe.people.born_year IS E'@personal birth\n@erase null';
COMMENT ON COLUMN probe.people.secret IS E'@personal birth\n@erase null\n@sealed date birth_date birth';
CREATE TABLE probe."no"" key" (user_id bigint REFERENCES probe.people, "wo""rd" text CHECK (length("wo""rd") < 9));
COMMENT ON COLUMN probe."no"" key"."wo""rd" IS E'@personal content\n@erase delete';
CREATE TABLE probe.pairs (id uuid PRIMARY KEY, a bigint, b bigint, word text);
COMMENT ON COLUMN probe.pairs.a IS '@subject';
COMMENT ON COLUMN probe.pairs.b IS '@subject';
COMMENT ON COLUMN probe.pairs.word IS E'@personal content\n@erase delete';
INSERT INTO probe.people VALUES
    (9007199254740993, 'anna', 33, '1990-05-17', '2026-01-02 03:04:05.6+03', 1.50, '{9007199254740993}', '\x00ff', '{"a": 1}',
        ('\x01' || repeat('00', 8) || repeat('ab', 40))::bytea),
    (2, 'boris', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO probe."no"" key" VALUES (9007199254740993, 'b'), (9007199254740993, 'a'), (2, 'c');
INSERT INTO probe.pairs VALUES ('c0ffee00-0000-4000-8000-000000000001', 2, 9007199254740993, 'ours'),
    ('c0ffee00-0000-4000-8000-000000000002', 2, 2, 'theirs');
RESET ROLE;

SET LOCAL ROLE strongroom_runner;
SELECT throws_ok($$SELECT kernel.export_subject('probe', '2')$$, 'KR024', NULL, '[P-24] nothing is exported by nobody');
SELECT throws_ok($$SELECT * FROM kernel.export_rows('probe', '2', 'probe.people')$$, 'KR024', NULL, '[P-24] nor a part of it');
SELECT set_config('kernel.actor', 'staff-7', true);
SET LOCAL timezone = 'America/New_York';
SET LOCAL datestyle = 'German, DMY';
SET LOCAL bytea_output = 'escape';
SELECT set_config('test.made', kernel.export_subject('probe', ' 9007199254740993 ')::text, true);
RESET ROLE;
CREATE FUNCTION pg_temp.made(p_path text) RETURNS jsonb
LANGUAGE sql RETURN current_setting('test.made')::jsonb #> p_path::text[];

SELECT is(pg_temp.made('{schema_version}'), '"1"', 'an export says the version of its shape');
SELECT is(pg_temp.made('{subject}'), '"9007199254740993"', 'and whose it is');
SELECT is(
    pg_temp.made('{data,probe.people}'),
    jsonb_build_array(jsonb_build_object(
        'id', '9007199254740993', 'name', 'anna', 'age', 33, 'born', '1990-05-17', 'seen', '2026-01-02T00:04:05.6+00:00',
        'score', '1.50', 'ids', '["9007199254740993"]'::jsonb, 'raw', '\x00ff', 'extra', '{"a": 1}'::jsonb, 'born_year', 1990,
        'secret', jsonb_build_object('sealed', '\x01' || repeat('00', 8) || repeat('ab', 40), 'type', 'date',
            'label', 'birth_date', 'purpose', 'birth')
    )),
    '[A-47] ids and what JSON would round are strings, instants are UTC, sealed fields bring what opens them'
);
SELECT is(
    pg_temp.made('{data,"probe.\"no\"\" key\""}'),
    '[{"user_id": "9007199254740993", "wo\"rd": "a"}, {"user_id": "9007199254740993", "wo\"rd": "b"}]',
    'rows without a key have an order all the same'
);
SELECT is(pg_temp.made('{data,probe.pairs,0,word}'), '"ours"', '[A-44] what is of two people is shown to both');
SELECT is(jsonb_array_length(pg_temp.made('{data,probe.pairs}')), 1, 'and to nobody else');
SELECT results_eq(
    $$SELECT p ->> 'part', (p ->> 'rows')::integer, (p ->> 'shared')::boolean
      FROM jsonb_array_elements(pg_temp.made('{manifest,parts}')) AS p$$,
    $$VALUES ('probe.people', 1, false), ('probe.pairs', 1, true), ('probe."no"" key"', 2, false),
        ('kernel.subject_request', 0, false), ('kernel.subject_key', 0, false), ('kernel.audit_entries', 0, false),
        ('kernel.consent_event', 0, false)$$,
    'the manifest counts every part, what people refer to first'
);
SELECT is(
    pg_temp.made('{manifest,parts,2,sha256}') #>> '{}',
    (SELECT encode(sha256(convert_to(string_agg(r::text || E'\n', ''), 'UTF8')), 'hex')
     FROM jsonb_array_elements(pg_temp.made('{data,"probe.\"no\"\" key\""}')) AS r),
    'and has a digest of its rows, a line each'
);
SELECT is(
    pg_temp.made('{manifest,sha256}') #>> '{}',
    (SELECT encode(sha256(convert_to(string_agg(p ->> 'sha256', ''), 'UTF8')), 'hex')
     FROM jsonb_array_elements(pg_temp.made('{manifest,parts}')) AS p),
    'and one of them all'
);
SELECT is(
    kernel.export_subject('probe', '2') #> '{manifest,sha256}', kernel.export_subject('probe', '2') #> '{manifest,sha256}',
    'the same data give the same digest'
);
SELECT results_eq(
    $$SELECT e.actor, e.details ->> 'action', e.details -> 'columns' FROM kernel.audit_entries AS e
      WHERE e.app = 'probe' AND e.subject = '9007199254740993'$$,
    $$VALUES ('staff-7', 'export_data',
        '["probe.people", "probe.pairs", "kernel.subject_request", "kernel.subject_key", "kernel.audit_entries",
          "kernel.consent_event"]'::jsonb)$$,
    '[A-51] [P-15.4] an export is written down: by whom, of whom, of what'
);
SELECT ok(
    (SELECT bool_and(jsonb_path_exists(kernel.export_subject('probe', '9007199254740993'), '$.data."kernel.audit_entries"[*].details'))),
    'and shown in the next one'
);
SELECT throws_ok($$SELECT kernel.export_subject('nobody', '2')$$, 'KR041', NULL, 'an app that is none');
SELECT throws_ok($$SELECT kernel.export_subject('probe', 'x')$$, 'KR041', NULL, 'an id that is none');
SELECT throws_ok($$SELECT * FROM kernel.export_rows('probe', '2', 'pg_catalog.pg_authid')$$, 'KR112', NULL, 'a part that is none');
SELECT is(kernel.export_subject('probe', '77') #> '{manifest,rows}', '0', 'of somebody unknown there is nothing');
SELECT results_eq(
    $$SELECT r FROM kernel.export_rows('probe', '9007199254740993', 'probe.people') AS r$$,
    $$SELECT jsonb_array_elements(pg_temp.made('{data,probe.people}'))$$, 'parts are what the whole is made of'
);

-- Too much for one value.
SET LOCAL ROLE strongroom_owner;
INSERT INTO probe."no"" key" SELECT 2, 'x' FROM generate_series(1, 100001);
RESET ROLE;
SELECT throws_ok($$SELECT kernel.export_subject('probe', '2')$$, 'KR113', NULL, 'a big person is not built in memory');
SELECT is(
    (SELECT count(*) FROM kernel.export_rows('probe', '2', 'probe."no"" key"')), 100002::bigint, 'but comes in parts'
);

-- Correcting.
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.cards (
    id bigint PRIMARY KEY, person bigint REFERENCES probe.people, number bigint GENERATED BY DEFAULT AS IDENTITY, state text
);
COMMENT ON COLUMN probe.cards.person IS E'@personal contact\n@erase null';
COMMENT ON COLUMN probe.cards.number IS E'@personal contact\n@erase null';
COMMENT ON COLUMN probe.cards.state IS '@internal';
INSERT INTO probe.cards VALUES (1, 2, 1, 'new');
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
RESET ROLE;
SELECT is(
    kernel.rectify_subject('probe', '2', 'probe.people', '{"id": 2}', '{"name": "Борис", "born": "1991-01-02"}', 'letter 7'),
    1::bigint, 'what is wrong of a person is corrected'
);
SELECT results_eq(
    'SELECT p.id, p.name, p.born FROM probe.people AS p ORDER BY p.id',
    $$VALUES (2::bigint, 'Борис', '1991-01-02'::date), (9007199254740993, 'anna', '1990-05-17')$$, 'in that row alone'
);
SELECT results_eq(
    $$SELECT e.actor, e.request_id, e.details FROM kernel.audit_entries AS e
      WHERE e.app = 'probe' AND e.details ->> 'action' = 'rectify_data'$$,
    $$VALUES ('staff-7', 'letter 7', '{"action": "rectify_data", "columns": ["probe.people.born", "probe.people.name"]}'::jsonb)$$,
    '[A-51] [P-24] and it is written down who did it and why, without a value'
);
SELECT is(coalesce(current_setting('kernel.request_id', true), ''), '', 'the request of the transaction is as it was');
SELECT throws_ok(
    format('SELECT kernel.rectify_subject(%s)', call.arguments), call.code, NULL, call.why
)
FROM (
    VALUES
        ($$'probe', '2', 'probe.people', '{"id": 9007199254740993}', '{"name": "x"}', 'r'$$, 'KR115', 'not a row of somebody else'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"id": 3}', 'r'$$, 'KR114', 'not the key'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"score": 3}', 'r'$$, 'KR114', 'not what is kept'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"born_year": 3}', 'r'$$, 'KR114', 'not what is generated'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"secret": "x"}', 'r'$$, 'KR114', 'not what is sealed'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"seen": null}', 'r'$$, 'KR114', 'not what has no class'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"a\"b;--": null}', 'r'$$, 'KR114', 'not what is no column'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{}', 'r'$$, 'KR114', 'not nothing'),
        ($$'probe', '2', 'probe.pairs', '{"id": "c0ffee00-0000-4000-8000-000000000002"}', '{"b": 3}', 'r'$$, 'KR114', 'not whose row it is'),
        ($$'probe', '2', 'probe.cards', '{"id": 1}', '{"person": 3}', 'r'$$, 'KR114', 'not what the row refers to'),
        ($$'probe', '2', 'probe.cards', '{"id": 1}', '{"number": 3}', 'r'$$, 'KR114', 'not what the database counts'),
        ($$'probe', '2', 'probe.cards', '{"id": 1}', '{"state": "x"}', 'r'$$, 'KR114', 'not what is not personal'),
        ($$'probe', '2', 'probe.people', '[2]', '{"name": "x"}', 'r'$$, 'KR114', 'not by what is no key'),
        ($$'probe', '2', 'probe.people', '2', '{"name": "x"}', 'r'$$, 'KR114', 'nor is that one'),
        ($$'probe', '2', 'probe.people', NULL, '{"name": "x"}', 'r'$$, 'KR114', 'or none'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', NULL, 'r'$$, 'KR114', 'not NULL'),
        ($$'probe', '2', 'probe.people', '{}', '{"name": "x"}', 'r'$$, 'KR114', 'not without a key'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"name": "x"}', ' '$$, 'KR114', 'not without a reason'),
        ($$'probe', '2', 'probe.people', '{"id": 2}', '{"born": "x"}', 'r'$$, 'KR114', 'not with a value of another type'),
        ($$'probe', '2', 'probe."no"" key"', '{}', '{"wo\"rd": "x"}', 'r'$$, 'KR114', 'not in a table without a key'),
        ($$'probe', '2', 'kernel.audit_log', '{"id": 2}', '{"actor": "x"}', 'r'$$, 'KR114', 'not in another schema'),
        ($$'probe', '2', 'probe.nothing', '{"id": 2}', '{"actor": "x"}', 'r'$$, 'KR114', 'not in a table that is none'),
        ($$'nobody', '2', 'probe.people', '{"id": 2}', '{"name": "x"}', 'r'$$, 'KR041', 'not in an app that is none')
) AS call (arguments, code, why);
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('tarot', '1', 'tarot.users', '{"id": 1}', '{"balance": 7}', 'r')$$, 'KR114', NULL,
    'not a column of another table'
);
SET LOCAL ROLE strongroom_owner;
ALTER TABLE probe.people ADD CONSTRAINT people_name_check CHECK (name <> 'secret words');
RESET ROLE;
CREATE FUNCTION pg_temp.said(p_statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_text text;
    v_detail text;
BEGIN
    EXECUTE p_statement;
    RETURN 'nothing';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS v_text = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
    RETURN v_text || ': ' || v_detail;
END;
$$;
SELECT is(
    pg_temp.said($$SELECT kernel.rectify_subject('probe', '2', 'probe.people', '{"id": 2}', '{"name": "secret words"}', 'r')$$),
    'this can''t be corrected: The values break people_name_check of probe.people.', 'an error names the rule and no value'
);
SELECT is(
    pg_temp.said($$SELECT kernel.rectify_subject('probe', '2', 'probe.people', '{"id": 2}', '{"born": "secret words"}', 'r')$$),
    'this can''t be corrected: A value does not fit the type of its column.', 'nor does that of another type'
);
SELECT lives_ok($$SELECT kernel.place_hold('case 1', p_app => 'probe', p_subject => '2')$$, 'a hold');
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.people', '{"id": 2}', '{"name": "x"}', 'r')$$, 'KR026', NULL,
    'what is held stays as it is'
);
SELECT kernel.release_hold(h.id, 'over') FROM kernel.legal_hold AS h WHERE h.reason = 'case 1';
SELECT kernel.place_hold('case 2', p_app => 'tarot', p_subject => '2');
SELECT kernel.place_hold('case 2', p_table => 'probe.people', p_row_key => '{"id": 9007199254740993}');
SELECT kernel.place_hold('case 2', p_table => 'probe.pairs');
SELECT lives_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.people', '{"id": 2}', '{"name": "x"}', 'r')$$,
    'a hold on somebody of another app, on another row, or on another table keeps nothing here'
);
SELECT kernel.place_hold('case 3', p_table => 'probe.people') AS hold \gset
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.people', '{"id": 2}', '{"name": "x"}', 'r')$$, 'KR026', NULL,
    'a table on hold stays as it is'
);
SELECT kernel.release_hold(:hold, 'over');
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('probe', '9007199254740993', 'probe.people', '{"id": 9007199254740993}', '{"name": "x"}', 'r')$$,
    'KR026', NULL, 'and a row on hold'
);
SELECT kernel.release_hold(h.id, 'over') FROM kernel.legal_hold AS h WHERE h.released_at IS NULL;
SELECT kernel.place_hold('case 4', p_app => 'probe', p_subject => '9007199254740993') AS hold \gset
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.pairs', '{"id": "c0ffee00-0000-4000-8000-000000000001"}', '{"word": "x"}', 'r')$$,
    'KR026', NULL, 'a row that is also of somebody on hold'
);
SELECT lives_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.pairs', '{"id": "c0ffee00-0000-4000-8000-000000000002"}', '{"word": "x"}', 'r')$$,
    'but not one of nobody else'
);
SELECT kernel.release_hold(:hold, 'over');
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.days (user_id bigint, at date, word text, PRIMARY KEY (user_id, at)) PARTITION BY RANGE (at);
CREATE TABLE probe.days_1 PARTITION OF probe.days FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
CREATE TABLE probe.days_2 PARTITION OF probe.days FOR VALUES FROM ('2020-02-01') TO ('2020-03-01');
COMMENT ON COLUMN probe.days.word IS E'@personal content\n@erase delete';
INSERT INTO probe.days VALUES (2, '2020-01-15', 'w'), (2, '2020-02-15', 'w');
RESET ROLE;
SELECT kernel.place_hold('case 5', p_table => 'probe.days_1') AS hold \gset
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.days', '{"user_id": 2, "at": "2020-01-15"}', '{"word": "x"}', 'r')$$,
    'KR026', NULL, 'a row of a partition on hold'
);
SELECT lives_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.days', '{"user_id": 2, "at": "2020-02-15"}', '{"word": "x"}', 'r')$$,
    'but not one of another partition'
);
SELECT kernel.release_hold(:hold, 'over');
SELECT kernel.place_hold('case 6', p_table => 'probe.days', p_row_key => '{"user_id": 2, "at": "2020-01-15"}');
SET LOCAL ROLE strongroom_owner;
ALTER TABLE probe.days DROP CONSTRAINT days_pkey, ADD COLUMN id bigint NOT NULL DEFAULT 1, ADD PRIMARY KEY (user_id, at, id);
RESET ROLE;
SELECT throws_ok(
    $$SELECT kernel.rectify_subject('probe', '2', 'probe.days', '{"user_id": 2, "at": "2020-01-15", "id": 1}', '{"word": "x"}', 'r')$$,
    'KR026', NULL, 'nor one whose hold goes by the key that it had before'
);

SELECT is(
    array_agg(r.name::text ORDER BY r.name) FILTER (WHERE has_function_privilege(r.name, f.oid, 'EXECUTE')),
    ARRAY['strongroom_owner', 'strongroom_runner'], f.proname || ' is for the runner'
)
FROM pg_proc AS f
CROSS JOIN unnest('{strongroom_owner,strongroom_runner,strongroom_login,tarot_app,tarot_worker,tarot_analyst,strongroom_auditor}'::name[]) AS r (name)
WHERE f.proname IN ('export_subject', 'export_rows', 'export_plan', 'export_keys', 'rectify_subject')
GROUP BY f.oid, f.proname;

SELECT * FROM finish();
ROLLBACK;
