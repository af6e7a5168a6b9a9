CREATE VIEW kernel.check_missing_gate
WITH (security_invoker = true)
AS
SELECT
    'missing_gate' AS name,
    'A table would serve in a restored copy' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'A copy that is restored still has people who were erased since it was taken.'
    ' The policy all_serving keeps everybody out until they are erased again.' AS description,
    format(
        '%I.%I has no policy all_serving for %s.', n.nspname, c.relname, missing.names
    ) AS detail,
    CASE
        WHEN EXISTS (
            SELECT
            FROM pg_catalog.pg_policy AS p
            WHERE p.polrelid = c.oid AND p.polname = 'all_serving'
        ) THEN format('DROP POLICY all_serving ON %I.%I; ', n.nspname, c.relname)
        ELSE ''
    END || format(
        'CREATE POLICY all_serving ON %I.%I AS RESTRICTIVE FOR ALL TO %s'
        ' USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());',
        n.nspname, c.relname, wanted.names
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('missing_gate:%I.%I', n.nspname, c.relname) AS cache_key
FROM kernel.app_schemas() AS app (name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = app.name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid
CROSS JOIN LATERAL (
    SELECT array_agg(r.oid) AS oids, string_agg(quote_ident(r.rolname), ', ') AS names
    FROM (
        SELECT role.oid, role.rolname
        FROM kernel.serving_roles(app.name) AS s (name)
        JOIN pg_catalog.pg_roles AS role ON role.rolname = s.name
        UNION
        SELECT role.oid, role.rolname
        FROM pg_catalog.pg_policy AS p
        JOIN pg_catalog.pg_roles AS role ON role.oid = ANY (p.polroles)
        WHERE p.polrelid = c.oid
    ) AS r
) AS wanted
CROSS JOIN LATERAL (
    SELECT string_agg(role.rolname::text, ', ' ORDER BY role.rolname) AS names
    FROM pg_catalog.pg_roles AS role
    WHERE role.oid = ANY (wanted.oids)
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_policy AS p
          WHERE p.polrelid = c.oid
            AND NOT p.polpermissive
            AND p.polcmd = '*'
            AND p.polroles && ARRAY[role.oid, 0::oid]
            AND pg_catalog.pg_get_expr(p.polqual, c.oid) ~ '^(kernel\.)?is_serving\(\)$'
            AND pg_catalog.pg_get_expr(p.polwithcheck, c.oid) ~ '^(kernel\.)?is_serving\(\)$'
      )
) AS missing
WHERE c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND missing.names IS NOT NULL;

COMMENT ON VIEW kernel.check_missing_gate IS
'Tables of apps without the restrictive policy on kernel.is_serving() for everybody whom the table
serves. Partitions have no policies but the owner''s, and are reached through their table.';

GRANT SELECT ON kernel.check_missing_gate TO strongroom_runner, pg_monitor;
