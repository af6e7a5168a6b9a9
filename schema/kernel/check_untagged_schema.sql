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
    WHERE c.relkind IN ('r', 'p', 'm', 'f')
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
'Schemas with tables, materialised views or foreign tables of strongroom_owner, or with a role
<schema>_app, that do not have the tag @app, so that no other check looks into them. Archives of
partitions are left out.';

GRANT SELECT ON kernel.check_untagged_schema TO strongroom_runner, pg_monitor;
