CREATE VIEW kernel.check_cache_hit
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 90) AS warn, coalesce(max(t.error), 70) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'cache_hit'
)
SELECT
    'cache_hit' AS name,
    'The cache is too small for what is read' AS title,
    CASE WHEN h.percent < l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Blocks that are not in shared_buffers come from the operating system, or'
    ' from the disk.' AS description,
    format('%s %% of the blocks that this database read were in the cache.', h.percent) AS detail,
    'Look for queries that read much (kernel.slow_statements), then at'
    ' shared_buffers.' AS remediation,
    jsonb_build_object('percent', h.percent, 'blocks', h.blocks) AS metadata,
    'cache_hit' AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT d.blks_hit + d.blks_read, round(100.0 * d.blks_hit / (d.blks_hit + d.blks_read), 1)
    FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname = pg_catalog.current_database()
      -- Too few say nothing: a server that was just started reads everything once.
      AND d.blks_hit + d.blks_read > 1000000
) AS h (blocks, percent)
WHERE h.percent < l.warn;

COMMENT ON VIEW kernel.check_cache_hit IS
'The share of blocks that this database found in the cache since its statistics began, from a
million blocks on: WARN below 90 %, ERROR below 70 % (percent).';

GRANT SELECT ON kernel.check_cache_hit TO strongroom_runner, pg_monitor;
