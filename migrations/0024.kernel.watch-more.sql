-- Notice schemas that lost their tag, let monitoring see when holds end, gather the statistics of
-- tables with partitions, and plan the triggers of audit once.
-- depends: 0023.kernel.watch-requests
-- locks: none that anyone waits for; a view, a row of kernel.job, grants, settings of functions

CREATE VIEW kernel.check_untagged_schema
WITH (security_invoker = true)
AS
SELECT
    'untagged_schema' AS name,
    'A schema with tables is no app' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'Checks, export, erasure, holds and masking look into schemas whose comment has'
    ' the tag @app. Of what lies elsewhere they know nothing.' AS description,
    format(
        'Schema %I has %s tables (%s), and no tag @app.', found.schema_name, found.count,
        found.reason
    ) AS detail,
    'COMMENT ON SCHEMA, with @app on a line of its own at the end; or give the tables'
    ' to another role if they hold nothing of an app.' AS remediation,
    jsonb_build_object('schema', found.schema_name, 'tables', found.count) AS metadata,
    format('untagged_schema:%I', found.schema_name) AS cache_key
FROM (
    SELECT
        n.nspname,
        count(*),
        CASE
            WHEN bool_or(own.rolname = 'strongroom_owner') THEN 'of strongroom_owner'
            ELSE format('and there is a role %I', n.nspname || '_app')
        END
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_roles AS own ON own.oid = c.relowner
    WHERE c.relkind IN ('r', 'p')
      AND NOT c.relispartition
      AND n.nspname NOT IN ('kernel', 'strongroom')
      AND n.nspname !~ '^pg_'
      AND n.nspname NOT IN (SELECT kernel.app_schemas())
      -- Where partitions that are past their time are kept: kernel.check_partition_plan.
      AND n.nspname NOT IN (
          SELECT p.archive_schema
          FROM kernel.partition_policy AS p
          WHERE p.archive_schema IS NOT NULL
      )
      AND (
          own.rolname = 'strongroom_owner'
          OR EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = n.nspname || '_app')
      )
    GROUP BY n.nspname
) AS found (schema_name, count, reason);

COMMENT ON VIEW kernel.check_untagged_schema IS
'Schemas with tables of strongroom_owner, or with a role <schema>_app, that do not have the tag @app,
so that no other check looks into them. Archives of partitions are left out.';

GRANT SELECT ON kernel.check_untagged_schema TO strongroom_runner, pg_monitor;

CREATE POLICY select_watch ON kernel.legal_hold
FOR SELECT TO pg_monitor USING (true);
-- When holds end, and nothing of whom or what they keep.
GRANT SELECT (id, placed_at, expires_at, released_at) ON kernel.legal_hold TO pg_monitor;
GRANT SELECT ON kernel.check_hold_expiry TO pg_monitor;

INSERT INTO kernel.job (name, function_name, schedule, timeout, priority)
VALUES ('analyze_roots', 'kernel.analyze_roots()', '1 day', '15 minutes', 90)
ON CONFLICT DO NOTHING;

DO $$
DECLARE
    v_function regprocedure;
BEGIN
    -- Those that kernel.enable_audit made before.
    FOR v_function IN
        SELECT DISTINCT t.tgfoid
        FROM pg_catalog.pg_trigger AS t
        JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
        WHERE t.tgname = 't50_audit_update' AND p.pronamespace = 'kernel'::regnamespace
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET plan_cache_mode = force_generic_plan', v_function);
        EXECUTE format('ALTER FUNCTION %s SET jit = off', v_function);
    END LOOP;
END;
$$;
