CREATE VIEW kernel.check_stale_statistics
WITH (security_invoker = true)
AS
SELECT
    'stale_statistics' AS name,
    'The planner knows little of a table' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Plans are chosen by statistics. Autovacuum gathers them for tables and'
    ' partitions, never for the root of partitions.' AS description,
    format(
        '%I.%I: %s.', t.schema_name, t.table_name, CASE
            WHEN t.analyzed_at IS NULL THEN 'never analyzed'
            ELSE format('%s rows changed since it was last analyzed', t.changed)
        END
    ) AS detail,
    format('ANALYZE %I.%I;', t.schema_name, t.table_name) AS remediation,
    jsonb_build_object(
        'schema', t.schema_name, 'name', t.table_name, 'changed', t.changed
    ) AS metadata,
    format('stale_statistics:%I.%I', t.schema_name, t.table_name) AS cache_key
FROM (
    SELECT
        s.schemaname, s.relname,
        -- A root has no rows of its own, and nobody counts what changes below it: how many rows it has
        -- more or less than when it was analyzed is known.
        CASE
            WHEN c.relkind = 'p' THEN abs(coalesce(below.live, 0)::bigint - c.reltuples::bigint)
            ELSE s.n_mod_since_analyze
        END,
        greatest(s.last_analyze, s.last_autoanalyze),
        coalesce(below.live, s.n_live_tup)
    FROM pg_catalog.pg_stat_user_tables AS s
    JOIN pg_catalog.pg_class AS c ON c.oid = s.relid
    LEFT JOIN (
        -- Partitions may have partitions.
        WITH RECURSIVE tree (root, relid) AS (
            SELECT i.inhparent, i.inhrelid FROM pg_catalog.pg_inherits AS i
            UNION
            SELECT t.root, i.inhrelid
            FROM tree AS t
            JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.relid
        )
        SELECT t.root, sum(p.n_live_tup)
        FROM tree AS t
        JOIN pg_catalog.pg_stat_user_tables AS p ON p.relid = t.relid
        GROUP BY t.root
    ) AS below (relid, live) ON below.relid = s.relid
) AS t (schema_name, table_name, changed, analyzed_at, live)
WHERE t.live >= 10000
  AND (t.analyzed_at IS NULL OR t.changed >= t.live / 2);

COMMENT ON VIEW kernel.check_stale_statistics IS
'Tables of at least 10,000 rows that were never analyzed, or of which half the rows changed since;
roots of partitions too.';

GRANT SELECT ON kernel.check_stale_statistics TO strongroom_runner, pg_monitor;
