-- A standby that has replayed no transaction tells no lag again.

CREATE OR REPLACE VIEW kernel.check_replication_lag
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
        format('Standby %s', coalesce(nullif(s.application_name, ''), s.pid::text)),
        extract(epoch FROM s.replay_lag),
        CASE
            WHEN NOT pg_catalog.pg_is_in_recovery()
                THEN pg_catalog.pg_current_wal_lsn() - s.replay_lsn
        END
    FROM pg_catalog.pg_stat_replication AS s
    UNION ALL
    -- On the standby itself; one that has replayed all that it got waits for nothing.
    SELECT
        'This standby',
        extract(epoch FROM clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()),
        pg_catalog.pg_last_wal_receive_lsn() - pg_catalog.pg_last_wal_replay_lsn()
    WHERE pg_catalog.pg_is_in_recovery()
      AND pg_catalog.pg_last_wal_receive_lsn()
          IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
) AS r (name, seconds, bytes)
-- One that replays nothing reports no time to the primary.
WHERE r.seconds >= l.warn OR r.bytes >= 268435456;

CREATE OR REPLACE VIEW kernel.server_state
WITH (security_invoker = true)
AS
SELECT
    clock_timestamp() AS answered_at,
    pg_catalog.pg_postmaster_start_time() AS started_at,
    pg_catalog.pg_is_in_recovery() AS is_standby,
    CASE
        WHEN NOT pg_catalog.pg_is_in_recovery() THEN NULL
        -- A standby that has replayed all that it got waits for nothing.
        WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN '0'
        ELSE clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()
    END AS replay_lag,
    round(d.blks_hit::numeric / nullif(d.blks_hit + d.blks_read, 0), 4) AS hit_ratio,
    taken.connections,
    pg_catalog.current_setting('max_connections')::integer AS connection_limit,
    d.xact_commit AS commit_count,
    d.xact_rollback AS rollback_count,
    d.deadlocks AS deadlock_count,
    d.temp_bytes,
    pg_catalog.pg_database_size(d.datid) AS database_bytes,
    d.stats_reset AS counted_since
FROM pg_catalog.pg_stat_database AS d
CROSS JOIN (
    SELECT sum(a.numbackends)::integer FROM pg_catalog.pg_stat_database AS a
) AS taken (connections)
WHERE d.datname = pg_catalog.current_database();
