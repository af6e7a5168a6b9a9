BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
WITH
owned AS (
    -- What has no schema of its own has that of its table; but a trigger by which an app follows what
    -- happens in the kernel is the app's.
    SELECT
        d.classid, d.objid, d.refclassid, d.refobjid,
        coalesce(
            r.ev_class, a.adrelid, CASE WHEN k.oid IS NULL THEN t.tgrelid END, p.polrelid
        ) AS relation,
        CASE WHEN k.oid IS NOT NULL THEN t.tgfoid END AS follower
    FROM pg_depend AS d
    LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
    LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_class AS k ON k.oid = t.tgrelid AND k.relnamespace = 'kernel'::regnamespace
    LEFT JOIN pg_policy AS p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
    WHERE d.deptype IN ('n', 'a')
      AND d.refclassid IN (
          'pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass
      )
),
named AS (
    SELECT
        coalesce(mine.schema, '') AS mine,
        mine.identity AS object,
        CASE
            WHEN o.refclassid = 'pg_namespace'::regclass THEN o.refobjid::regnamespace::text
            ELSE other.schema
        END AS other,
        other.identity AS subject
    FROM owned AS o
    CROSS JOIN LATERAL pg_identify_object(
        CASE
            WHEN o.follower IS NOT NULL THEN 'pg_proc'::regclass::oid
            WHEN o.relation IS NOT NULL THEN 'pg_class'::regclass::oid
            ELSE o.classid
        END,
        coalesce(o.follower, o.relation, o.objid), 0
    ) AS mine
    CROSS JOIN LATERAL pg_identify_object(o.refclassid, o.refobjid, 0) AS other
)
SELECT DISTINCT d.object, 'depends on ' || d.subject
FROM named AS d
WHERE d.mine IN (SELECT kernel.guarded_schemas())
  AND d.other IN (SELECT kernel.app_schemas())
  AND d.mine <> d.other
UNION ALL
-- Bodies that are strings depend on nothing that PostgreSQL knows of.
SELECT p.oid::regprocedure::text, format('names schema %I', app.name)
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN kernel.app_schemas() AS app (name) ON app.name <> n.nspname
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND p.prosrc ~ format('\m%s\s*\.', app.name);

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'kernel names no app, and no app names another'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE SCHEMA probe_other;
COMMENT ON SCHEMA probe_other IS E'Another app.\n@app';
CREATE TABLE probe.things (a integer PRIMARY KEY);
CREATE FUNCTION probe.f() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE VIEW probe.own AS SELECT t.a, kernel.user_bigint() AS me FROM probe.things AS t;
CREATE VIEW probe_other.foreign_view AS SELECT t.a FROM probe.things AS t;
CREATE TABLE probe_other.foreign_key (
    a integer CONSTRAINT foreign_key_a_fkey REFERENCES probe.things (a)
);
CREATE TABLE probe_other.foreign_default (a integer DEFAULT probe.f());
CREATE FUNCTION probe_other.string_body() RETURNS integer LANGUAGE plpgsql
AS 'BEGIN RETURN (SELECT count(*) FROM probe.things); END';
CREATE FUNCTION probe.tg_follow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER probe_follow AFTER INSERT ON kernel.consent_event
FOR EACH ROW EXECUTE FUNCTION probe.tg_follow();
CREATE TRIGGER probe_follow AFTER INSERT ON probe_other.foreign_default
FOR EACH ROW EXECUTE FUNCTION probe.tg_follow();
CREATE VIEW kernel.probe_view AS SELECT t.a FROM probe.things AS t;
CREATE FUNCTION kernel.probe_body() RETURNS integer LANGUAGE sql AS 'SELECT a FROM probe . things';

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe_other.foreign_view: depends on probe.things',
        'foreign_key_a_fkey on probe_other.foreign_key: depends on probe.things',
        'foreign_key_a_fkey on probe_other.foreign_key: depends on probe.things_pkey',
        'probe_other.foreign_default: depends on probe.f()',
        'probe_other.foreign_default: depends on probe.tg_follow()',
        'probe_other.string_body(): names schema probe',
        'kernel.probe_view: depends on probe.things',
        'kernel.probe_body(): names schema probe'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
