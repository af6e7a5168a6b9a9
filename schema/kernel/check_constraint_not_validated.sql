CREATE VIEW kernel.check_constraint_not_validated
WITH (security_invoker = true)
AS
SELECT
    'constraint_not_validated' AS name,
    'A constraint is not validated' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Rows from before the constraint may break it, and the planner does not count'
    ' on it.' AS description,
    format('%I on %I.%I is not validated.', k.conname, n.nspname, c.relname) AS detail,
    format(
        'ALTER TABLE %I.%I VALIDATE CONSTRAINT %I;', n.nspname, c.relname, k.conname
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', k.conname) AS metadata,
    format('constraint_not_validated:%I.%I:%I', n.nspname, c.relname, k.conname) AS cache_key
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT k.convalidated
  -- That of a root tells for its partitions.
  AND k.conparentid = 0
  AND k.coninhcount = 0;

COMMENT ON VIEW kernel.check_constraint_not_validated IS
'Constraints of tables of this database, of any schema, that were added NOT VALID and never
validated.';

GRANT SELECT ON kernel.check_constraint_not_validated TO strongroom_runner, pg_monitor;
