CREATE TABLE kernel.expiring_partition (
    partition regclass,
    parent regclass NOT NULL,
    first_position numeric NOT NULL,
    last_position numeric NOT NULL,
    row_count bigint NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    digest bytea,
    read_before xid8,
    form text,
    CONSTRAINT expiring_partition_pkey PRIMARY KEY (partition)
);

COMMENT ON TABLE kernel.expiring_partition IS
'Partitions on their way out, between the decision and the end: a table that was detached no longer
says whose partition it was. A row here outlives a crash, and the next run goes on from it.';
COMMENT ON COLUMN kernel.expiring_partition.partition IS
'The partition.';
COMMENT ON COLUMN kernel.expiring_partition.parent IS
'The table that it is, or was, a partition of.';
COMMENT ON COLUMN kernel.expiring_partition.first_position IS
'Where it begins (kernel.partition_position).';
COMMENT ON COLUMN kernel.expiring_partition.last_position IS
'Where it ends; itself not in it.';
COMMENT ON COLUMN kernel.expiring_partition.row_count IS
'How many rows it had when this began, counted in it and through its parent.';
COMMENT ON COLUMN kernel.expiring_partition.begun_at IS
'When this began.';
COMMENT ON COLUMN kernel.expiring_partition.digest IS
'What its rows were then (kernel.digest_partition); NULL where they were only counted.';
COMMENT ON COLUMN kernel.expiring_partition.read_before IS
'Every transaction with a lower number had ended before its rows were read.';
COMMENT ON COLUMN kernel.expiring_partition.form IS
'What they were read by (kernel.partition_form).';

ALTER TABLE kernel.expiring_partition ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.expiring_partition FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.expiring_partition
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.expiring_partition
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.expiring_partition TO strongroom_runner, pg_monitor;

INSERT INTO kernel.job (name, function_name, schedule, timeout, priority)
VALUES ('maintain_partitions', 'kernel.maintain_partitions()', '1 hour', '5 minutes', 10)
ON CONFLICT DO NOTHING;

INSERT INTO kernel.job (name, function_name, schedule, timeout, priority)
VALUES ('analyze_roots', 'kernel.analyze_roots()', '1 day', '15 minutes', 90)
ON CONFLICT DO NOTHING;
