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
            WHEN 'f' THEN 'reads rows of another place, which no policy binds, and others may use it'
            ELSE 'reads with the rights of its owner'
        END
    ) AS detail,
    CASE
        WHEN c.relkind <> 'v' THEN (
            SELECT string_agg(
                format('REVOKE ALL ON %I.%I FROM %s CASCADE;', n.nspname, c.relname, r.name),
                ' ' ORDER BY r.name
            )
            FROM unnest(held.names) AS r (name)
        )
        ELSE format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, c.relname)
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('view_rights:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT g.name)
    FROM (
        SELECT acl.grantee FROM pg_catalog.aclexplode(c.relacl) AS acl
        UNION ALL
        SELECT acl.grantee
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
        WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL
    ) AS t (grantee)
    CROSS JOIN LATERAL (
        SELECT CASE t.grantee WHEN 0 THEN 'PUBLIC' ELSE t.grantee::regrole::text END
    ) AS g (name)
    WHERE t.grantee <> c.relowner
) AS held (names)
WHERE c.relkind IN ('v', 'm', 'f')
  AND (
      n.nspname IN (SELECT kernel.guarded_schemas())
      -- Wherever else one stands that shows what ours hold.
      OR n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND held.names IS NOT NULL
      AND EXISTS (
          SELECT
          FROM pg_catalog.pg_rewrite AS w
          JOIN pg_catalog.pg_depend AS d
              ON d.classid = 'pg_catalog.pg_rewrite'::regclass
              AND d.objid = w.oid
              AND d.refclassid = 'pg_catalog.pg_class'::regclass
          JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
          JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace
          WHERE w.ev_class = c.oid
            AND s.nspname IN (SELECT kernel.guarded_schemas())
            AND (s.nspname <> 'kernel' OR t.relkind IN ('r', 'p'))
      )
  )
  AND (
      c.relkind IN ('m', 'f') AND held.names IS NOT NULL
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
          AND coalesce(
              held.names <@ CASE
                  WHEN n.nspname IN (SELECT kernel.guarded_schemas())
                      THEN ARRAY[pg_catalog.quote_ident(n.nspname || '_analyst')]
                  ELSE ARRAY(
                      SELECT pg_catalog.quote_ident(app.name || '_analyst')
                      FROM kernel.app_schemas() AS app (name)
                  )
              END, true
          )
      )
  );

COMMENT ON VIEW kernel.check_view_rights IS
'Views that read with the rights of their owner, save barriers for analysts alone, and materialised
views and foreign tables that others than their owner may read. Outside of our schemas, those that
read what is in them and that others than their owner may use.';

GRANT SELECT ON kernel.check_view_rights TO strongroom_runner, pg_monitor;
