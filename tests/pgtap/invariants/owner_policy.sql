BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT c.oid::regclass::text, 'its owner works blind: no policy for all its rows'
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (
      SELECT
      FROM pg_policy AS p
      WHERE p.polrelid = c.oid
        AND p.polpermissive
        AND p.polcmd = '*'
        AND p.polroles = ARRAY[c.relowner]
        AND pg_get_expr(p.polqual, p.polrelid) = 'true'
        AND pg_get_expr(p.polwithcheck, p.polrelid) = 'true'
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'the owner of every table and partition has a policy for everything on it'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (a integer);
CREATE TABLE probe.missing (a integer);
CREATE TABLE probe.partial (a integer);
CREATE TABLE probe.client (a integer);
ALTER TABLE probe.good OWNER TO strongroom_owner;
ALTER TABLE probe.missing OWNER TO strongroom_owner;
ALTER TABLE probe.partial OWNER TO strongroom_owner;
ALTER TABLE probe.client OWNER TO strongroom_owner;
CREATE POLICY all_owner ON probe.good TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON probe.partial TO strongroom_owner USING (a > 0) WITH CHECK (true);
CREATE POLICY all_client ON probe.client TO strongroom_client USING (true) WITH CHECK (true);

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.missing: its owner works blind: no policy for all its rows',
        'probe.partial: its owner works blind: no policy for all its rows',
        'probe.client: its owner works blind: no policy for all its rows'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
