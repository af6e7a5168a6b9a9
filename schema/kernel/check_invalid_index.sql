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
    CASE
        -- To build it anew does not make it valid.
        WHEN x.relkind = 'I' THEN format(
            'Make the index on each partition that lacks it, and attach each: ALTER INDEX %I.%I'
            ' ATTACH PARTITION. The last one makes it valid.', n.nspname, x.relname
        )
        -- What REINDEX CONCURRENTLY made beside the index, or could not take away.
        WHEN x.relname ~ '_cc(new|old)[0-9]*$'
            THEN format('DROP INDEX CONCURRENTLY %I.%I;', n.nspname, x.relname)
        ELSE format('REINDEX INDEX CONCURRENTLY %I.%I;', n.nspname, x.relname)
    END AS remediation,
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
         -- Of another role's session no more is seen than that it builds one; its locks tell where.
         OR b.relid IS NULL AND EXISTS (
             SELECT
             FROM pg_catalog.pg_locks AS k
             WHERE k.pid = b.pid
               AND k.relation = i.indrelid
               AND k.database = b.datid
               AND k.mode = 'ShareUpdateExclusiveLock'
         )
  );

COMMENT ON VIEW kernel.check_invalid_index IS
'Indexes of this database, of any schema, that an interrupted CREATE or REINDEX CONCURRENTLY left
invalid. One that is being built is left out.';

GRANT SELECT ON kernel.check_invalid_index TO strongroom_runner, pg_monitor;
