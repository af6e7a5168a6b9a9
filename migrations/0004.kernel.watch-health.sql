-- Findings of checks, those that somebody lives with, thresholds, and the checks themselves.
-- depends: 0003.tarot.tag-subject
-- locks: none that anyone waits for; everything is new

CREATE TYPE kernel.finding AS (
    name text,
    title text,
    level text,
    facing text,
    categories text[],
    description text,
    detail text,
    remediation text,
    metadata jsonb,
    cache_key text
);

COMMENT ON TYPE kernel.finding IS
'One thing that a check found. A check is a view named check_... in schema kernel or in that of an
app, with exactly these columns; it has a row for each finding, and none when all is well.';
COMMENT ON COLUMN kernel.finding.name IS 'Which check found it: the name of its view after check_.';
COMMENT ON COLUMN kernel.finding.title IS 'The check, as a headline.';
COMMENT ON COLUMN kernel.finding.level IS 'ERROR: act now. WARN: act soon. INFO: know of it.';
COMMENT ON COLUMN kernel.finding.facing IS
'EXTERNAL where clients of the database could use it, else INTERNAL.';
COMMENT ON COLUMN kernel.finding.categories IS
'CATALOGUE (what the schema says) or SERVER (what the server does), and what is at stake, in capitals.';
COMMENT ON COLUMN kernel.finding.description IS 'Why it matters, the same for every finding of a check.';
COMMENT ON COLUMN kernel.finding.detail IS 'What is wrong and where; never what is in a row.';
COMMENT ON COLUMN kernel.finding.remediation IS
'What mends it: SQL that ends with a semicolon where statements do, else a sentence.';
COMMENT ON COLUMN kernel.finding.metadata IS 'The same place and figures for programs: a JSON object.';
COMMENT ON COLUMN kernel.finding.cache_key IS
'Names this finding and no other, as long as it is there; what an acceptance refers to.';

CREATE TABLE kernel.accepted_finding (
    cache_key text NOT NULL,
    reason text NOT NULL,
    accepted_by text NOT NULL DEFAULT SESSION_USER,
    accepted_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL,
    CONSTRAINT accepted_finding_pkey PRIMARY KEY (cache_key),
    CONSTRAINT accepted_finding_reason_length_check CHECK (length(reason) BETWEEN 10 AND 1000),
    CONSTRAINT accepted_finding_expires_at_check
    CHECK (expires_at > accepted_at AND isfinite(expires_at))
);

COMMENT ON TABLE kernel.accepted_finding IS
'Findings that somebody decided to live with until a day. They are hidden till then, and after it
they are shown again.';
COMMENT ON COLUMN kernel.accepted_finding.cache_key IS 'The finding: its cache_key.';
COMMENT ON COLUMN kernel.accepted_finding.reason IS 'Why it is right to live with it.';
COMMENT ON COLUMN kernel.accepted_finding.accepted_by IS 'Who decided.';
COMMENT ON COLUMN kernel.accepted_finding.accepted_at IS 'When.';
COMMENT ON COLUMN kernel.accepted_finding.expires_at IS 'When it is shown again.';

ALTER TABLE kernel.accepted_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.accepted_finding FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.accepted_finding
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.accepted_finding
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.accepted_finding TO strongroom_runner, pg_monitor;

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
COMMENT ON COLUMN kernel.health_threshold.check_name IS 'The check: the name of its view after check_.';
COMMENT ON COLUMN kernel.health_threshold.warn IS 'From here on it is a WARN; NULL: what the check says.';
COMMENT ON COLUMN kernel.health_threshold.error IS 'From here on an ERROR; NULL: what the check says.';

ALTER TABLE kernel.health_threshold ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.health_threshold FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.health_threshold
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.health_threshold
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.health_threshold TO strongroom_runner, pg_monitor;
