BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_public_privilege AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'PUBLIC may do nothing with anything of ours'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer);
CREATE TABLE probe.open (a integer);
GRANT SELECT ON probe.open TO PUBLIC;
CREATE TABLE probe.half (a integer, b integer);
GRANT UPDATE (b) ON probe.half TO PUBLIC;
CREATE FUNCTION probe.hidden() RETURNS integer LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION probe.hidden() FROM PUBLIC;
CREATE FUNCTION probe.shown() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN probe.short AS text;
CREATE SEQUENCE probe.counter;
GRANT USAGE ON SEQUENCE probe.counter TO PUBLIC;
GRANT USAGE ON SCHEMA probe TO PUBLIC;
CREATE AGGREGATE probe.often(ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = mode_final, FINALFUNC_EXTRA
);
-- What PostgreSQL makes with a type belongs to the first superuser, and does no harm.
CREATE TYPE probe.span AS RANGE (SUBTYPE = integer);
CREATE PROCEDURE probe."odd"""() LANGUAGE sql AS 'SELECT 1';

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'PUBLIC has USAGE on probe.',
        'PUBLIC has SELECT on probe.open.',
        'PUBLIC has UPDATE on probe.half.',
        'PUBLIC has EXECUTE on probe.shown().',
        'PUBLIC has USAGE on probe.short.',
        'PUBLIC has USAGE on probe.counter.',
        'PUBLIC has EXECUTE on probe."odd"""().',
        'PUBLIC has EXECUTE on probe.often(anyelement).',
        'PUBLIC has USAGE on probe.span.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('public_privilege'), 9, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
