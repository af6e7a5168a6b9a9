CREATE VIEW kernel.check_replication_lag
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 30) AS warn, coalesce(max(t.error), 300) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'replication_lag'
)
SELECT
    'replication_lag' AS name,
    'A standby lags behind' AS title,
    CASE WHEN r.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'What is read there is old, and what it has not got yet would be lost with'
    ' the primary.' AS description,
    format(
        '%s lags by %s%s.', r.name, make_interval(secs => floor(coalesce(r.seconds, 0))),
        ', ' || pg_catalog.pg_size_pretty(r.bytes)
    ) AS detail,
    'Look for long queries on the standby, a slow network or disk, or a standby'
    ' that is gone.' AS remediation,
    jsonb_build_object(
        'standby', r.name, 'seconds', floor(r.seconds), 'bytes', r.bytes
    ) AS metadata,
    format('replication_lag:%s', r.name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        -- Several may go by one name.
        concat(
            'Standby ', coalesce(nullif(s.application_name, ''), s.pid::text),
            ' at ' || pg_catalog.host(s.client_addr)
        ),
        extract(epoch FROM s.replay_lag),
        CASE
            WHEN NOT pg_catalog.pg_is_in_recovery()
                THEN pg_catalog.pg_current_wal_lsn() - s.replay_lsn
        END
    FROM pg_catalog.pg_stat_replication AS s
    UNION ALL
    -- On the standby itself; one that has replayed all that it got, and gets more, waits for nothing.
    -- One that has replayed no transaction yet is as old as its start, at least.
    SELECT
        CASE
            WHEN receiver.is_there THEN 'This standby'
            ELSE 'This standby, to which nothing streams,'
        END,
        extract(
            epoch FROM clock_timestamp() - coalesce(
                pg_catalog.pg_last_xact_replay_timestamp(), pg_catalog.pg_postmaster_start_time()
            )
        ),
        pg_catalog.pg_last_wal_receive_lsn() - pg_catalog.pg_last_wal_replay_lsn()
    FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver)) AS receiver (is_there)
    WHERE pg_catalog.pg_is_in_recovery()
      AND (
          NOT receiver.is_there
          OR pg_catalog.pg_last_wal_receive_lsn()
          IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
      )
) AS r (name, seconds, bytes)
-- One that replays nothing reports no time to the primary.
WHERE r.seconds >= l.warn OR r.bytes >= 268435456;

COMMENT ON VIEW kernel.check_replication_lag IS
'Standbys, seen from the primary or from themselves, where one that receives nothing is as old as what
it replayed last: WARN from 30 or 256 MB, ERROR from 300 (seconds). The primary shows them to
pg_monitor alone.';

GRANT SELECT ON kernel.check_replication_lag TO strongroom_runner, pg_monitor;
