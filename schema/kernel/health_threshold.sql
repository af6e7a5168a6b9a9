CREATE TABLE kernel.health_threshold (
    check_name text NOT NULL,
    warn numeric,
    error numeric,
    CONSTRAINT health_threshold_pkey PRIMARY KEY (check_name),
    CONSTRAINT health_threshold_check_name_check CHECK (
        check_name IN (
            'bloat', 'blocked_session', 'cache_hit', 'connections', 'dead_rows',
            'idle_in_transaction', 'long_transaction', 'prepared_transaction', 'replication_lag',
            'replication_slot', 'sequence_use', 'slow_statement', 'transaction_id_age'
        )
    ),
    CONSTRAINT health_threshold_says_something_check CHECK (num_nonnulls(warn, error) > 0),
    CONSTRAINT health_threshold_range_check CHECK (warn >= 0 AND error >= 0)
);

COMMENT ON TABLE kernel.health_threshold IS
'From where on a health check warns or raises the alarm, where a DBA wants it otherwise than the
check itself says. The comment of each check names its unit and what holds without a row here.';
COMMENT ON COLUMN kernel.health_threshold.check_name IS
'The check: the name of its view after check_.';
COMMENT ON COLUMN kernel.health_threshold.warn IS
'From here on it is a WARN; NULL: what the check says.';
COMMENT ON COLUMN kernel.health_threshold.error IS
'From here on an ERROR; NULL: what the check says.';

ALTER TABLE kernel.health_threshold ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.health_threshold FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.health_threshold
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.health_threshold
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.health_threshold TO strongroom_runner, pg_monitor;
