CREATE VIEW kernel.check_policy_not_leakproof
WITH (security_invoker = true)
AS
SELECT
    'policy_not_leakproof' AS name,
    'A policy calls a function that is not leakproof on columns' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'PostgreSQL can not run such a condition before the others of a query that go'
    ' through row level security or a barrier, and can seldom turn it into an'
    ' index condition.' AS description,
    format(
        'Policy %I on %I.%I calls %s on its columns.', p.polname, n.nspname, c.relname,
        calls.function::regprocedure
    ) AS detail,
    'Compare the column itself with =, <, >, on a type whose comparison is'
    ' leakproof: text, integers, uuid, timestamptz. Keep what else must be'
    ' computed in a column.' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'policy', p.polname) AS metadata,
    format(
        'policy_not_leakproof:%I.%I:%I:%s', n.nspname, c.relname, p.polname,
        calls.function::regprocedure
    ) AS cache_key
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL kernel.column_calls(p.polqual) AS calls (function)
JOIN pg_catalog.pg_proc AS f ON f.oid = calls.function
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT f.proleakproof
  -- The owner's policies say true.
  AND p.polqual::text LIKE '%{VAR %';

COMMENT ON VIEW kernel.check_policy_not_leakproof IS
'Policies that call a function or operator on columns of their table that is not leakproof.';

GRANT SELECT ON kernel.check_policy_not_leakproof TO strongroom_runner, pg_monitor;
