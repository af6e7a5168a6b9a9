CREATE VIEW kernel.check_row_security_not_forced
WITH (security_invoker = true)
AS
SELECT
    'row_security_not_forced' AS name,
    'Row level security does not bind the owner' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Without FORCE the owner, and every definer function of the owner, sees past'
    ' all policies. A partition does not inherit it from its root.' AS description,
    format('%I.%I does not force row level security.', n.nspname, c.relname) AS detail,
    format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('row_security_not_forced:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT c.relforcerowsecurity;

COMMENT ON VIEW kernel.check_row_security_not_forced IS
'Tables and partitions whose owner row level security does not bind.';

GRANT SELECT ON kernel.check_row_security_not_forced TO strongroom_runner, pg_monitor;
