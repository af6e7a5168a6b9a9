CREATE VIEW kernel.check_missing_primary_key
WITH (security_invoker = true)
AS
SELECT
    'missing_primary_key' AS name,
    'A table has no primary key' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Rows that nothing tells apart can not be audited, replicated, erased or'
    ' corrected one by one.' AS description,
    format('%I.%I has no primary key.', n.nspname, c.relname) AS detail,
    'Add one; for a table that a user owns: PRIMARY KEY (user_id, id).' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('missing_primary_key:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  -- A partition has that of its root.
  AND NOT c.relispartition
  AND NOT EXISTS (
      SELECT
      FROM kernel.comment_tags(pg_catalog.obj_description(c.oid, 'pg_class')) AS t
      WHERE t.tag = 'keyless' AND t.argument IS NOT NULL
  )
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary
  );

COMMENT ON VIEW kernel.check_missing_primary_key IS
'Tables without a primary key, save those whose comment has the tag @keyless and says why.';

GRANT SELECT ON kernel.check_missing_primary_key TO strongroom_runner, pg_monitor;
