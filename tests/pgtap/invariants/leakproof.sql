BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_leakproof_function AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'no function of ours is marked leakproof: its side effects would see other people''s rows'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.good() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION probe.bad() RETURNS integer LANGUAGE sql LEAKPROOF AS 'SELECT 1';

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.bad() is marked LEAKPROOF.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('leakproof_function'), 1, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
