CREATE VIEW kernel.check_blocked_session
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 10) AS warn, coalesce(max(t.error), 300) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'blocked_session'
)
SELECT
    'blocked_session' AS name,
    'A session waits for a lock' AS title,
    CASE WHEN w.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Whoever asks for the same lock queues behind it.' AS description,
    format(
        'Process %s has waited for %s for %s; it waits for process %s.', w.pid, w.lock,
        make_interval(secs => floor(w.seconds)), array_to_string(w.blockers, ', ')
    ) AS detail,
    'End what blocks, if it is not to finish soon: SELECT pg_cancel_backend(pid).' AS remediation,
    jsonb_build_object(
        'pid', w.pid, 'blockers', w.blockers, 'seconds', floor(w.seconds)
    ) AS metadata,
    format('blocked_session:%s:%s', w.pid, w.since) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        k.pid,
        k.waitstart,
        -- The same number may be another table in another database.
        concat_ws(
            ' on ', k.mode, CASE
                WHEN k.database = 0 OR d.oid IS NOT NULL THEN k.relation::regclass::text
                WHEN k.relation IS NOT NULL THEN 'a table of another database'
            END
        ),
        extract(epoch FROM clock_timestamp() - k.waitstart),
        pg_catalog.pg_blocking_pids(k.pid)
    FROM pg_catalog.pg_locks AS k
    LEFT JOIN pg_catalog.pg_database AS d
        ON d.oid = k.database AND d.datname = pg_catalog.current_database()
    WHERE NOT k.granted AND k.waitstart IS NOT NULL
) AS w (pid, since, lock, seconds, blockers)
WHERE w.seconds >= l.warn;

COMMENT ON VIEW kernel.check_blocked_session IS
'Sessions that wait for a lock, with those that hold it: WARN from 10, ERROR from 300 (seconds).';

GRANT SELECT ON kernel.check_blocked_session TO strongroom_runner, pg_monitor;
