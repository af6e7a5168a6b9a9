BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

CREATE TEMPORARY VIEW found AS SELECT f.detail FROM kernel.check_untagged_schema AS f;
SELECT is_empty('SELECT * FROM pg_temp.found', 'every schema with tables of ours is an app');

COMMENT ON SCHEMA tarot IS 'No longer an app.';
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
CREATE SCHEMA mine;
CREATE TABLE mine.things (a integer);
CREATE ROLE foreign_app;
CREATE SCHEMA "foreign";
CREATE TABLE "foreign".things (a integer);
CREATE TABLE "foreign"."a""b;--é" (a integer);
CREATE SCHEMA attic AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.parts (at date) PARTITION BY RANGE (at);
CREATE TABLE probe.part PARTITION OF probe.parts FOR VALUES FROM ('2020-01-01') TO ('2020-01-02');
CREATE TABLE attic.parts (at date);
CREATE MATERIALIZED VIEW probe.copied AS SELECT 1 AS a;
INSERT INTO kernel.partition_policy (parent, key_kind, every, keep, on_expiry, archive_schema)
VALUES ('probe.parts', 'time', '1 day', '1 day', 'archive', 'attic');
RESET ROLE;

SELECT set_eq(
    $$ SELECT regexp_replace(f.detail, '\d+ tables', 'n tables') FROM pg_temp.found AS f $$,
    ARRAY[
        'Schema tarot has n tables (of strongroom_owner), and no tag @app.',
        'Schema probe has n tables (of strongroom_owner), and no tag @app.',
        'Schema "foreign" has n tables (and there is a role foreign_app), and no tag @app.'
    ],
    'a schema that lost its tag is told of, an archive and what others own are not'
);
SELECT ok(
    EXISTS (SELECT FROM pg_temp.found AS f WHERE f.detail ~ '^Schema probe has 2 tables'),
    'a partition is not counted, what a materialised view keeps is'
);

COMMENT ON SCHEMA tarot IS E'An app.\n@app';
COMMENT ON SCHEMA probe IS E'An app.\n@app';
COMMENT ON SCHEMA "foreign" IS E'An app.\n@app';
SELECT is_empty('SELECT * FROM pg_temp.found', 'with the tag nothing is found');

SELECT * FROM finish();
ROLLBACK;
