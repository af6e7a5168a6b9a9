CREATE VIEW kernel.check_row_security_off
WITH (security_invoker = true)
AS
SELECT
    'row_security_off' AS name,
    'Row level security is off' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Without row level security every role with a grant on a table reads every'
    ' row of it. A partition does not inherit it from its root.' AS description,
    format('%I.%I has row level security off.', n.nspname, c.relname) AS detail,
    format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('row_security_off:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT c.relrowsecurity;

COMMENT ON VIEW kernel.check_row_security_off IS
'Tables and partitions that have row level security off.';

GRANT SELECT ON kernel.check_row_security_off TO strongroom_runner, pg_monitor;
