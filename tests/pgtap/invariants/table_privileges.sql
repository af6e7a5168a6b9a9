BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_unsafe_privilege AS f
UNION ALL
SELECT f.cache_key, f.detail, f.level FROM kernel.check_partition_privilege AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'only its owner truncates a table, refers to it, hangs triggers on it, or reaches a partition'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer);
GRANT SELECT, INSERT, UPDATE, DELETE ON probe.good TO strongroom_client;
CREATE TABLE probe.bad (a integer, b integer);
GRANT TRUNCATE, REFERENCES, TRIGGER ON probe.bad TO strongroom_client;
CREATE TABLE probe.columns (a integer);
GRANT REFERENCES (a) ON probe.columns TO strongroom_client;
CREATE TABLE probe.passed_on (a integer);
GRANT SELECT ON probe.passed_on TO strongroom_client WITH GRANT OPTION;
CREATE TABLE probe.root (a integer) PARTITION BY LIST (a);
GRANT SELECT ON probe.root TO strongroom_client;
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES IN (1);
GRANT SELECT ON probe.part TO strongroom_client;
GRANT INSERT (a) ON probe.part TO strongroom_client;
-- Handed on by who could.
CREATE ROLE probe_other;
CREATE ROLE probe_definer;
GRANT USAGE ON SCHEMA probe TO strongroom_client;
GRANT SELECT ON probe.part TO strongroom_client WITH GRANT OPTION;
SET LOCAL ROLE strongroom_client;
GRANT SELECT ON probe.passed_on TO probe_other;
GRANT SELECT ON probe.part TO probe_other;
RESET ROLE;
GRANT CREATE ON SCHEMA probe TO probe_definer, probe_other;
CREATE SEQUENCE probe.numbers;
GRANT USAGE, SELECT ON SEQUENCE probe.numbers TO strongroom_client;
GRANT USAGE ON SEQUENCE probe.numbers TO probe_other WITH GRANT OPTION;
CREATE AGGREGATE probe.often(ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = mode_final, FINALFUNC_EXTRA
);
GRANT EXECUTE ON FUNCTION probe.often(anyelement) TO probe_other WITH GRANT OPTION;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'strongroom_client has TRUNCATE on probe.bad.',
        'strongroom_client has REFERENCES on probe.bad.',
        'strongroom_client has TRIGGER on probe.bad.',
        'strongroom_client has REFERENCES (a) on probe.columns.',
        'strongroom_client has SELECT with the right to grant it on probe.passed_on.',
        'strongroom_client has INSERT, SELECT on the partition probe.part.',
        'strongroom_client has SELECT with the right to grant it on probe.part.',
        'probe_other has SELECT on the partition probe.part.',
        'probe_other has CREATE on probe.',
        'probe_other has USAGE with the right to grant it on probe.numbers.',
        'probe_other has EXECUTE with the right to grant it on probe.often(anyelement).'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(
    pg_temp.mend('unsafe_privilege')
    + pg_temp.mend('partition_privilege'), 10,
    'it says what mends them'
);
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
