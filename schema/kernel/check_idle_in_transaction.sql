CREATE VIEW kernel.check_idle_in_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 60) AS warn, coalesce(max(t.error), 900) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'idle_in_transaction'
)
SELECT
    'idle_in_transaction' AS name,
    'A session sits in an open transaction' AS title,
    CASE WHEN s.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'It does nothing, keeps its locks, and keeps vacuum from removing rows.' AS description,
    format(
        'Process %s of %I (%s) has been idle in a transaction for %s.', s.pid, s.usename,
        s.application_name, make_interval(secs => floor(s.seconds))
    ) AS detail,
    format('SELECT pg_catalog.pg_terminate_backend(%s);', s.pid) AS remediation,
    jsonb_build_object(
        'pid', s.pid, 'role', s.usename, 'application', s.application_name,
        'seconds', floor(s.seconds)
    ) AS metadata,
    format('idle_in_transaction:%s:%s', s.pid, s.backend_start) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        a.pid, a.usename, a.application_name, a.backend_start,
        extract(epoch FROM clock_timestamp() - a.state_change)
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.state LIKE 'idle in transaction%'
) AS s (pid, usename, application_name, backend_start, seconds)
WHERE s.seconds >= l.warn;

COMMENT ON VIEW kernel.check_idle_in_transaction IS
'Sessions that are idle in a transaction: WARN from 60, ERROR from 900 (seconds). Those of other
roles are seen by pg_monitor alone.';

GRANT SELECT ON kernel.check_idle_in_transaction TO strongroom_runner, pg_monitor;
