CREATE VIEW kernel.check_erasures_not_replayed
WITH (security_invoker = true)
AS
SELECT
    'erasures_not_replayed' AS name,
    'The database is a copy that is not open' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'Erasures that were finished after a copy was taken must be replayed in it'
    ' before apps may use it; until then every statement of theirs fails.' AS description,
    format('Apps are kept out of %I. %s', pg_catalog.current_database(), gate.problem) AS detail,
    'strongroom subject ledger replay FILE, with the ledger that was exported'
    ' last: see docs/kernel/restored-copies.md.' AS remediation,
    jsonb_build_object('database', pg_catalog.current_database()) AS metadata,
    'erasures_not_replayed' AS cache_key
FROM kernel.gate_problem() AS gate (problem)
WHERE gate.problem IS NOT NULL;

COMMENT ON VIEW kernel.check_erasures_not_replayed IS
'A database that may not serve: one that was restored or copied, or whose gate was closed.';

GRANT SELECT ON kernel.check_erasures_not_replayed TO strongroom_runner;
