CREATE VIEW kernel.check_slow_statement
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 500) AS warn, coalesce(max(t.error), 5000) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'slow_statement'
)
SELECT
    'slow_statement' AS name,
    'A statement is slow' AS title,
    CASE
        WHEN s.mean_ms IS NULL THEN 'INFO'
        WHEN s.mean_ms >= l.error THEN 'ERROR'
        ELSE 'WARN'
    END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'People wait for it, and it holds a connection.' AS description,
    s.detail AS detail,
    s.mend AS remediation,
    jsonb_build_object(
        'query_id', s.query_id::text, 'calls', s.calls, 'mean_ms', s.mean_ms, 'total_ms', s.total_ms
    ) AS metadata,
    format('slow_statement:%s', coalesce(s.role || ':' || s.query_id, 'unknown')) AS cache_key
FROM limits AS l
CROSS JOIN LATERAL (
    SELECT
        t.query_id, t.role::text, t.calls, round(t.mean_ms::numeric, 1),
        round(t.total_ms::numeric, 1),
        format(
            '%s ms on average in %s calls by %s: %s', round(t.mean_ms::numeric, 1), t.calls,
            t.role, pg_catalog.regexp_replace(left(t.query, 200), '\s+', ' ', 'g')
        ),
        'Look at its plan: EXPLAIN (ANALYZE, BUFFERS).'
    FROM kernel.statement_times() AS t
    WHERE t.calls >= 10 AND t.mean_ms >= l.warn
    UNION ALL
    SELECT
        NULL, NULL, NULL, NULL, NULL,
        'Nothing is known of slow statements: pg_stat_statements is not there.',
        'Put pg_stat_statements into shared_preload_libraries, restart the server, and'
        ' CREATE EXTENSION pg_stat_statements; set pg_stat_statements.track_utility = off.'
    WHERE pg_catalog.current_setting('pg_stat_statements.max', true) IS NULL
       OR NOT EXISTS (
           SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pg_stat_statements'
       )
) AS s (query_id, role, calls, mean_ms, total_ms, detail, mend);

COMMENT ON VIEW kernel.check_slow_statement IS
'Statements that took long on average in at least ten calls, by pg_stat_statements: WARN from 500,
ERROR from 5000 (milliseconds). An INFO where the extension is not there.';

GRANT SELECT ON kernel.check_slow_statement TO strongroom_runner, pg_monitor;
