BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_row_security_off AS f
UNION ALL
SELECT f.cache_key, f.detail, f.level FROM kernel.check_row_security_not_forced AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    '[C-F10] every table and partition has row level security, enabled and forced'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer);
ALTER TABLE probe.good ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.good FORCE ROW LEVEL SECURITY;
CREATE TABLE probe.bare (a integer);
CREATE TABLE probe.root (a integer) PARTITION BY LIST (a);
ALTER TABLE probe.root ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.root FORCE ROW LEVEL SECURITY;
-- A partition does not inherit what its root says.
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES IN (1);
ALTER TABLE probe.part ENABLE ROW LEVEL SECURITY;
CREATE TABLE probe."odd""é;--" (a integer);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.bare has row level security off.',
        'probe.bare does not force row level security.',
        'probe.part does not force row level security.',
        'probe."odd""é;--" has row level security off.',
        'probe."odd""é;--" does not force row level security.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(
    pg_temp.mend('row_security_off')
    + pg_temp.mend('row_security_not_forced'), 5,
    'it says what mends them'
);
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
