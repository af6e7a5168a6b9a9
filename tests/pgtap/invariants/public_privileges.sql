BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT held.object, 'PUBLIC has ' || held.privilege_type
FROM (
    SELECT format('schema %I', n.nspname), acl.grantee, acl.privilege_type
    FROM pg_namespace AS n
    CROSS JOIN aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT c.oid::regclass::text, acl.grantee, acl.privilege_type
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN aclexplode(c.relacl) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT format('%s.%I', c.oid::regclass, a.attname), acl.grantee, acl.privilege_type
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
    CROSS JOIN aclexplode(a.attacl) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT p.oid::regprocedure::text, acl.grantee, acl.privilege_type
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    -- Row types of tables and arrays follow what they belong to.
    SELECT t.oid::regtype::text, acl.grantee, acl.privilege_type
    FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    CROSS JOIN aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND t.typtype <> 'm'
      AND coalesce(c.relkind, 'c') = 'c'
      AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.typarray = t.oid)
) AS held (object, grantee, privilege_type)
WHERE held.grantee = 0;

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
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

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'schema probe: PUBLIC has USAGE',
        'probe.open: PUBLIC has SELECT',
        'probe.half.b: PUBLIC has UPDATE',
        'probe.shown(): PUBLIC has EXECUTE',
        'probe.short: PUBLIC has USAGE',
        'probe.counter: PUBLIC has USAGE'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
