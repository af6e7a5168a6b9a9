BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    c.oid::regclass::text,
    CASE c.relkind
        WHEN 'm' THEN 'keeps rows outside row level security, and others may read them'
        ELSE 'reads with the rights of its owner'
    END
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND (
      c.relkind = 'm'
      AND EXISTS (SELECT FROM aclexplode(c.relacl) AS acl WHERE acl.grantee <> c.relowner)
      OR c.relkind = 'v'
      AND NOT EXISTS (
          SELECT
          FROM pg_options_to_table(c.reloptions) AS o
          WHERE o.option_name = 'security_invoker' AND o.option_value::boolean
      )
      -- An analyst reads no table, and gets what the owner counts.
      AND NOT (
          EXISTS (
              SELECT
              FROM pg_options_to_table(c.reloptions) AS o
              WHERE o.option_name = 'security_barrier' AND o.option_value::boolean
          )
          AND NOT EXISTS (
              SELECT
              FROM aclexplode(c.relacl) AS acl
              WHERE acl.grantee <> c.relowner
                AND (acl.grantee = 0 OR acl.grantee::regrole::text <> n.nspname || '_analyst')
          )
      )
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every view reads with the rights of its reader, or is a barrier for analysts alone'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE ROLE probe_analyst;
CREATE ROLE other_analyst;
CREATE VIEW probe.invoker WITH (security_invoker = true) AS SELECT 1 AS a;
CREATE VIEW probe.invoker_off WITH (security_invoker = false) AS SELECT 1 AS a;
CREATE VIEW probe.plain AS SELECT 1 AS a;
GRANT SELECT ON probe.plain TO probe_analyst;
CREATE VIEW probe.counted WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT ON probe.counted TO probe_analyst;
CREATE VIEW probe.for_all WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT ON probe.for_all TO probe_analyst, strongroom_client;
CREATE VIEW probe.for_others WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT ON probe.for_others TO other_analyst;
CREATE MATERIALIZED VIEW probe.hidden AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW probe.shown AS SELECT 1 AS a;
GRANT SELECT ON probe.shown TO probe_analyst;

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.invoker_off: reads with the rights of its owner',
        'probe.plain: reads with the rights of its owner',
        'probe.for_all: reads with the rights of its owner',
        'probe.for_others: reads with the rights of its owner',
        'probe.shown: keeps rows outside row level security, and others may read them'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
