CREATE VIEW kernel.check_view_rights
WITH (security_invoker = true)
AS
SELECT
    'view_rights' AS name,
    'A view reads past the policies' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A view without security_invoker reads with the rights of its owner, and a'
    ' materialised view keeps rows where no policy binds. Only aggregates for'
    ' analysts may, behind a barrier.' AS description,
    format(
        '%I.%I %s.', n.nspname, c.relname, CASE c.relkind
            WHEN 'm' THEN 'keeps rows outside row level security, and others may read them'
            ELSE 'reads with the rights of its owner'
        END
    ) AS detail,
    CASE c.relkind
        WHEN 'm' THEN (
            SELECT string_agg(
                DISTINCT format(
                    'REVOKE ALL ON %I.%I FROM %s;', n.nspname, c.relname,
                    CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END
                ),
                ' '
            )
            FROM pg_catalog.aclexplode(c.relacl) AS acl
            WHERE acl.grantee <> c.relowner
        )
        ELSE format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, c.relname)
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('view_rights:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND (
      c.relkind = 'm'
      AND EXISTS (
          SELECT FROM pg_catalog.aclexplode(c.relacl) AS acl WHERE acl.grantee <> c.relowner
      )
      OR c.relkind = 'v'
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
          WHERE o.option_name = 'security_invoker' AND o.option_value::boolean
      )
      -- An analyst reads no table, and gets what the owner counts.
      AND NOT (
          EXISTS (
              SELECT
              FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
              WHERE o.option_name = 'security_barrier' AND o.option_value::boolean
          )
          AND NOT EXISTS (
              SELECT
              FROM pg_catalog.aclexplode(c.relacl) AS acl
              WHERE acl.grantee <> c.relowner
                AND (acl.grantee = 0 OR acl.grantee::regrole::text <> n.nspname || '_analyst')
          )
      )
  );

COMMENT ON VIEW kernel.check_view_rights IS
'Views that read with the rights of their owner, save barriers for analysts alone, and materialised
views that others than their owner may read.';

GRANT SELECT ON kernel.check_view_rights TO strongroom_runner, pg_monitor;
