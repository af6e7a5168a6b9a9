CREATE VIEW kernel.check_dead_rows
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 50) AS warn, coalesce(max(t.error), 200) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'dead_rows'
)
SELECT
    'dead_rows' AS name,
    'Vacuum does not keep up with a table' AS title,
    CASE WHEN t.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Dead rows are read over by every scan, and the space is not used again until'
    ' they are removed. Erased values stay on the disk as long.' AS description,
    format(
        '%I.%I has %s dead rows to %s that live; last vacuum: %s.', t.schema_name, t.table_name,
        t.dead, t.live, coalesce(to_char(t.vacuumed_at, 'YYYY-MM-DD HH24:MI'), 'never')
    ) AS detail,
    format('VACUUM (ANALYZE) %I.%I;', t.schema_name, t.table_name) AS remediation,
    jsonb_build_object(
        'schema', t.schema_name, 'name', t.table_name, 'dead', t.dead, 'live', t.live
    ) AS metadata,
    format('dead_rows:%I.%I', t.schema_name, t.table_name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        s.schemaname, s.relname, s.n_dead_tup, s.n_live_tup,
        greatest(s.last_vacuum, s.last_autovacuum),
        round(100.0 * s.n_dead_tup / greatest(s.n_live_tup, 1), 1)
    FROM pg_catalog.pg_stat_user_tables AS s
    -- Autovacuum begins at 20 % by default; small tables don't matter.
    WHERE s.n_dead_tup >= 10000
) AS t (schema_name, table_name, dead, live, vacuumed_at, percent)
WHERE t.percent >= l.warn;

COMMENT ON VIEW kernel.check_dead_rows IS
'Tables of at least 10,000 dead rows, of which there are many to those that live: WARN from 50 %,
ERROR from 200 % (percent).';

GRANT SELECT ON kernel.check_dead_rows TO strongroom_runner, pg_monitor;
