BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT m.identity, format('%s of %s', m.kind, held.owner::regrole)
FROM kernel.catalog_members(ARRAY(SELECT kernel.guarded_schemas())) AS m
LEFT JOIN pg_namespace AS n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
LEFT JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
LEFT JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
LEFT JOIN pg_type AS t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
CROSS JOIN LATERAL (
    SELECT coalesce(n.nspowner, c.relowner, p.proowner, t.typowner)
) AS held (owner)
WHERE held.owner::regrole::text <> 'strongroom_owner'
  AND NOT (held.owner::regrole::text LIKE '%\_definer' AND coalesce(p.prosecdef, false));

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'strongroom_owner owns everything, save the definer functions of narrow roles'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
ALTER SCHEMA probe OWNER TO strongroom_owner;
CREATE ROLE probe_definer;
GRANT CREATE ON SCHEMA probe TO probe_definer;
CREATE TABLE probe.good (a integer);
ALTER TABLE probe.good OWNER TO strongroom_owner;
CREATE FUNCTION probe.narrow() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION probe.narrow() OWNER TO probe_definer;
CREATE FUNCTION probe.invoker() RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER FUNCTION probe.invoker() OWNER TO probe_definer;
CREATE TABLE probe.taken (a integer);
ALTER TABLE probe.taken OWNER TO probe_definer;
CREATE DOMAIN probe.lent AS text;
ALTER DOMAIN probe.lent OWNER TO probe_definer;

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.invoker(): function of probe_definer',
        'probe.taken: table of probe_definer',
        'probe.lent: type of probe_definer'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
