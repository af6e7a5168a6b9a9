BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT c.oid::regclass::text, 'row level security is not ' || missing.what
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    VALUES ('enabled', c.relrowsecurity), ('forced', c.relforcerowsecurity)
) AS missing (what, done)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT missing.done;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every table and partition has row level security, enabled and forced'
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

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.bare: row level security is not enabled',
        'probe.bare: row level security is not forced',
        'probe.part: row level security is not forced'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
