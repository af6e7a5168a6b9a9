CREATE VIEW kernel.check_invalid_index
WITH (security_invoker = true)
AS
SELECT
    'invalid_index' AS name,
    'An index is not valid' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'No query uses an index that is not valid, and a unique one keeps nothing'
    ' unique; every write pays for it all the same.' AS description,
    format('%I.%I is not valid.', n.nspname, x.relname) AS detail,
    format(
        'REINDEX INDEX%s %I.%I;',
        CASE x.relkind WHEN 'I' THEN '' ELSE ' CONCURRENTLY' END, n.nspname, x.relname
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'index', x.relname) AS metadata,
    format('invalid_index:%I.%I', n.nspname, x.relname) AS cache_key
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
WHERE n.nspname <> 'pg_toast'
  AND NOT (i.indisvalid AND i.indisready)
  -- One that is being built becomes valid at the end.
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_stat_progress_create_index AS b
      WHERE b.index_relid = i.indexrelid
  );

COMMENT ON VIEW kernel.check_invalid_index IS
'Indexes of this database, of any schema, that an interrupted CREATE or REINDEX CONCURRENTLY left
invalid. One that is being built is left out.';

GRANT SELECT ON kernel.check_invalid_index TO strongroom_runner, pg_monitor;
