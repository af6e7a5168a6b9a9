CREATE VIEW kernel.check_unused_index
WITH (security_invoker = true)
AS
SELECT
    'unused_index' AS name,
    'An index was never used' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Every write pays for it. Standbys count for themselves, and statistics may'
    ' be young: look there before you drop it.' AS description,
    format(
        '%I.%I (%s) was not used once since %s.', s.schemaname, s.indexrelname,
        pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(s.indexrelid)),
        coalesce(to_char(d.stats_reset, 'YYYY-MM-DD'), 'statistics began')
    ) AS detail,
    'When no standby uses it either, and no foreign key wants it when rows are deleted,'
    ' drop it: DROP INDEX CONCURRENTLY.' AS remediation,
    jsonb_build_object(
        'schema', s.schemaname, 'name', s.relname, 'index', s.indexrelname
    ) AS metadata,
    format('unused_index:%I.%I', s.schemaname, s.indexrelname) AS cache_key
FROM pg_catalog.pg_stat_user_indexes AS s
JOIN pg_catalog.pg_index AS i ON i.indexrelid = s.indexrelid
JOIN pg_catalog.pg_class AS x ON x.oid = s.indexrelid
JOIN pg_catalog.pg_stat_database AS d ON d.datname = pg_catalog.current_database()
WHERE s.idx_scan = 0
  AND NOT i.indisunique
  AND i.indisvalid
  -- Ten megabytes.
  AND x.relpages >= 1280;

COMMENT ON VIEW kernel.check_unused_index IS
'Indexes of at least 10 MB, none of them unique, that no query used since statistics began.';

GRANT SELECT ON kernel.check_unused_index TO strongroom_runner, pg_monitor;
