-- Say which standby lags and which database a lock or a prepared transaction is in, and see roots that grew.
-- depends: 0089.kernel.tell-of-entries-ahead
-- locks: ACCESS EXCLUSIVE on views that the checks read, for a moment

CREATE OR REPLACE VIEW kernel.check_blocked_session
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


CREATE OR REPLACE VIEW kernel.check_prepared_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 900) AS warn, coalesce(max(t.error), 3600) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'prepared_transaction'
)
SELECT
    'prepared_transaction' AS name,
    'A prepared transaction was forgotten' AS title,
    CASE WHEN p.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'It survives restarts, keeps its locks, and keeps vacuum from removing rows'
    ' until somebody ends it.' AS description,
    format(
        '%L of %I in database %I was prepared %s ago.', p.gid, p.owner, p.database,
        make_interval(secs => floor(p.seconds))
    ) AS detail,
    CASE p.database
        WHEN pg_catalog.current_database() THEN format('ROLLBACK PREPARED %L;', p.gid)
        ELSE format(
            'In database %s: ROLLBACK PREPARED %L',
            pg_catalog.quote_ident(p.database) COLLATE "default", p.gid
        )
    END AS remediation,
    jsonb_build_object('gid', p.gid, 'owner', p.owner, 'seconds', floor(p.seconds)) AS metadata,
    format('prepared_transaction:%s', p.gid) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT x.gid, x.owner, x.database, extract(epoch FROM clock_timestamp() - x.prepared)
    FROM pg_catalog.pg_prepared_xacts AS x
) AS p (gid, owner, database, seconds)
WHERE p.seconds >= l.warn;

COMMENT ON VIEW kernel.check_prepared_transaction IS
'Transactions that were prepared and not ended: WARN from 900, ERROR from 3600 (seconds).';


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


CREATE OR REPLACE VIEW kernel.check_stale_statistics
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
        SELECT i.inhparent, sum(p.n_live_tup)
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_stat_user_tables AS p ON p.relid = i.inhrelid
        GROUP BY i.inhparent
    ) AS below (relid, live) ON below.relid = s.relid
) AS t (schema_name, table_name, changed, analyzed_at, live)
WHERE t.live >= 10000
  AND (t.analyzed_at IS NULL OR t.changed >= t.live / 2);

COMMENT ON VIEW kernel.check_stale_statistics IS
'Tables of at least 10,000 rows that were never analyzed, or of which half the rows changed since;
roots of partitions too.';


CREATE OR REPLACE VIEW kernel.check_unused_index
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
