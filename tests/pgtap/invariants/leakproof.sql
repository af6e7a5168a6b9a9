BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT p.oid::regprocedure::text, 'is marked LEAKPROOF'
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND p.proleakproof;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'no function of ours is marked leakproof: its side effects would see other people''s rows'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.good() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION probe.bad() RETURNS integer LANGUAGE sql LEAKPROOF AS 'SELECT 1';

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.bad(): is marked LEAKPROOF'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
