BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    c.oid::regclass::text,
    format(
        '%s has %s', CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
        acl.privilege_type
    )
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT t.grantee, t.privilege_type, t.is_grantable FROM aclexplode(c.relacl) AS t
    UNION
    SELECT t.grantee, t.privilege_type, t.is_grantable
    FROM pg_attribute AS a
    CROSS JOIN aclexplode(a.attacl) AS t
    WHERE a.attrelid = c.oid AND NOT a.attisdropped
) AS acl
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND acl.grantee <> c.relowner
  AND (
      acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      OR acl.is_grantable
      -- What reaches a partition past its root is bound by other policies.
      OR c.relispartition
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
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

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.bad: strongroom_client has TRUNCATE',
        'probe.bad: strongroom_client has REFERENCES',
        'probe.bad: strongroom_client has TRIGGER',
        'probe.columns: strongroom_client has REFERENCES',
        'probe.passed_on: strongroom_client has SELECT',
        'probe.part: strongroom_client has SELECT'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
