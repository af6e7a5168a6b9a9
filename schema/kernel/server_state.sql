CREATE VIEW kernel.server_state
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
        -- One that has replayed no transaction yet is as old as its start, at least.
        ELSE clock_timestamp() - coalesce(
            pg_catalog.pg_last_xact_replay_timestamp(), pg_catalog.pg_postmaster_start_time()
        )
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

COMMENT ON VIEW kernel.server_state IS
'One row about the server and this database, for a probe that asks every few seconds: that it answers,
how far a standby is behind, and how full it is.';
COMMENT ON COLUMN kernel.server_state.answered_at IS 'When the server answered.';
COMMENT ON COLUMN kernel.server_state.started_at IS 'When it was started.';
COMMENT ON COLUMN kernel.server_state.is_standby IS 'Whether it is a standby.';
COMMENT ON COLUMN kernel.server_state.replay_lag IS
'How far a standby is behind what it was sent; NULL on a primary.';
COMMENT ON COLUMN kernel.server_state.hit_ratio IS
'The share of blocks that this database found in the cache.';
COMMENT ON COLUMN kernel.server_state.connections IS 'Connections to all databases.';
COMMENT ON COLUMN kernel.server_state.connection_limit IS 'How many there can be.';
COMMENT ON COLUMN kernel.server_state.commit_count IS 'Transactions that were committed.';
COMMENT ON COLUMN kernel.server_state.rollback_count IS 'Transactions that were rolled back.';
COMMENT ON COLUMN kernel.server_state.deadlock_count IS 'Deadlocks.';
COMMENT ON COLUMN kernel.server_state.temp_bytes IS 'What sorts and joins wrote to the disk.';
COMMENT ON COLUMN kernel.server_state.database_bytes IS 'The size of this database.';
COMMENT ON COLUMN kernel.server_state.counted_since IS
'Since when the counts are; NULL: since they began.';

GRANT SELECT ON kernel.server_state TO strongroom_runner, pg_monitor;
