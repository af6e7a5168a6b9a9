BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_missing_primary_key AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every table has a primary key'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer PRIMARY KEY);
CREATE TABLE probe.bad (a integer UNIQUE NOT NULL);
CREATE TABLE probe.log (a integer);
COMMENT ON TABLE probe.log IS E'Grows only.\n@keyless Nothing looks for a row of it.';
CREATE TABLE probe.silent (a integer);
COMMENT ON TABLE probe.silent IS E'Says no reason.\n@keyless';
-- Its partition is told of with it.
CREATE TABLE probe.root (a integer) PARTITION BY LIST (a);
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES IN (1);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.bad has no primary key.',
        'probe.silent has no primary key.',
        'probe.root has no primary key.'
    ],
    'the check finds those who break the rule, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
