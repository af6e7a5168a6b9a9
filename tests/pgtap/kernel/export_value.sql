-- Documents of type json inside of other values: what jsonb does not take stops no export.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(5);

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE DOMAIN probe.doc AS json;
CREATE DOMAIN probe.again AS probe.doc;
CREATE TYPE probe.pair AS (word text, doc probe.again);
CREATE TYPE probe.point AS (x integer, y integer);
CREATE TABLE probe.people (
    id bigint PRIMARY KEY, docs json[], again probe.again, pair probe.pair, pairs probe.pair[], point probe.point
);
COMMENT ON COLUMN probe.people.id IS E'@internal\n@subject';
INSERT INTO probe.people VALUES
    (
        1, ARRAY['{"a": "\u0000"}', '{"a": 1}', NULL]::json[], '"\u0000"', ROW('w', '"\u0000"'),
        ARRAY[ROW('w', '1e999999')::probe.pair], ROW(1, 2)
    ),
    (2, '{}', '[1]', NULL, NULL, NULL);
RESET ROLE;
SELECT set_config('kernel.actor', 'olga', true);
CREATE FUNCTION pg_temp.shown(p_person text, p_column text) RETURNS jsonb
LANGUAGE sql RETURN kernel.export_subject('probe', p_person) #> ARRAY['data', 'probe.people', '0', p_column];

SELECT is(
    pg_temp.shown('1', 'docs'), '["{\"a\": \"\\u0000\"}", {"a": 1}, null]',
    '[A-47] a list of documents, of which jsonb takes some'
);
SELECT is(pg_temp.shown('2', 'docs'), '[]', 'an empty one');
SELECT is(pg_temp.shown('1', 'again'), '"\"\\u0000\""', 'a document below two domains');
SELECT is(
    ARRAY[pg_temp.shown('1', 'pair'), pg_temp.shown('1', 'pairs')],
    ARRAY[to_jsonb('(w,"""\\u0000""")'::text), to_jsonb('{"(w,1e999999)"}'::text)],
    'rows that hold documents are text'
);
SELECT is(pg_temp.shown('1', 'point'), '{"x": 1, "y": 2}', 'and others what they were');

SELECT * FROM finish();
ROLLBACK;
