CREATE VIEW kernel.check_long_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT
        coalesce(max(t.warn) FILTER (WHERE t.check_name = 'long_transaction'), 900) AS warn,
        coalesce(max(t.error) FILTER (WHERE t.check_name = 'long_transaction'), 3600) AS error,
        coalesce(max(t.warn) FILTER (WHERE t.check_name = 'idle_in_transaction'), 60) AS idle
    FROM kernel.health_threshold AS t
)
SELECT
    'long_transaction' AS name,
    'A transaction has been running for long' AS title,
    CASE WHEN s.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'While it runs, vacuum removes nothing that it might still see, in any table,'
    ' and its locks stay.' AS description,
    format(
        'Process %s of %I (%s) has had a transaction open for %s.', s.pid, s.usename,
        s.application_name, make_interval(secs => floor(s.seconds))
    ) AS detail,
    format(
        'SELECT pg_catalog.pg_%s_backend(%s);',
        -- What does nothing can't be canceled.
        CASE WHEN s.idle_seconds IS NULL THEN 'cancel' ELSE 'terminate' END, s.pid
    ) AS remediation,
    jsonb_build_object(
        'pid', s.pid, 'role', s.usename, 'application', s.application_name,
        'seconds', floor(s.seconds)
    ) AS metadata,
    format('long_transaction:%s:%s', s.pid, s.backend_start) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        a.pid, a.usename, a.application_name, a.backend_start,
        extract(epoch FROM clock_timestamp() - a.xact_start),
        CASE
            WHEN a.state LIKE 'idle in transaction%'
                THEN extract(epoch FROM clock_timestamp() - a.state_change)
        END
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.backend_type = 'client backend'
      AND a.pid <> pg_catalog.pg_backend_pid()
) AS s (pid, usename, application_name, backend_start, seconds, idle_seconds)
WHERE s.seconds >= l.warn
  -- One that is idle for long is told of by check_idle_in_transaction, a short pause by nobody else.
  AND (s.idle_seconds IS NULL OR s.idle_seconds < l.idle);

COMMENT ON VIEW kernel.check_long_transaction IS
'Transactions of clients that are at work or pause: WARN from 900, ERROR from 3600 (seconds). What is
idle for longer is left to idle_in_transaction. Those of other roles are seen by pg_monitor alone.';

GRANT SELECT ON kernel.check_long_transaction TO strongroom_runner, pg_monitor;
