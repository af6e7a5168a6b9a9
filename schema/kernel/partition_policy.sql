CREATE TABLE kernel.partition_policy (
    parent regclass,
    key_kind text NOT NULL,
    every interval,
    every_ids bigint,
    ahead integer NOT NULL DEFAULT 12,
    keep interval,
    keep_ids bigint,
    on_expiry text NOT NULL DEFAULT 'drop',
    archive_schema name,
    CONSTRAINT partition_policy_pkey PRIMARY KEY (parent),
    CONSTRAINT partition_policy_key_kind_check
    CHECK (key_kind IN ('time', 'uuid_v7', 'bigint')),
    CONSTRAINT partition_policy_step_check
    CHECK ((key_kind = 'bigint') = (every IS NULL) AND (every IS NULL) = (every_ids IS NOT NULL)),
    -- Whole months or whole hours, never both: only those divide the calendar without a rest.
    CONSTRAINT partition_policy_every_check
    CHECK (
        every >= interval '1 hour' AND every <= interval '10 years'
        AND (
            every = make_interval(
                months => (EXTRACT(year FROM every) * 12 + EXTRACT(month FROM every))::integer
            )
            OR EXTRACT(year FROM every) = 0
            AND EXTRACT(month FROM every) = 0
            AND mod(EXTRACT(epoch FROM every), 3600) = 0
        )
    ),
    CONSTRAINT partition_policy_every_ids_check CHECK (every_ids >= 1000),
    CONSTRAINT partition_policy_ahead_check CHECK (ahead BETWEEN 1 AND 150),
    CONSTRAINT partition_policy_keep_kind_check
    CHECK (CASE WHEN key_kind = 'bigint' THEN keep IS NULL ELSE keep_ids IS NULL END),
    CONSTRAINT partition_policy_keep_check CHECK (keep > interval '0'),
    CONSTRAINT partition_policy_keep_ids_check CHECK (keep_ids > 0),
    CONSTRAINT partition_policy_on_expiry_check
    CHECK (on_expiry IN ('drop', 'detach', 'archive')),
    CONSTRAINT partition_policy_archive_schema_check
    CHECK ((on_expiry = 'archive') = (archive_schema IS NOT NULL))
);

COMMENT ON TABLE kernel.partition_policy IS
'Which tables are cut into partitions by a range of one column, how far ahead, and when and how
partitions go. Rules for the people who run the database: they may change at any time.';
COMMENT ON COLUMN kernel.partition_policy.parent IS
'The partitioned table.';
COMMENT ON COLUMN kernel.partition_policy.key_kind IS
'What its key is: time (timestamptz or date), uuid_v7 or bigint.';
COMMENT ON COLUMN kernel.partition_policy.every IS
'How much time a partition holds: whole months, or whole hours, in UTC. NULL for bigint.';
COMMENT ON COLUMN kernel.partition_policy.every_ids IS
'How many keys a partition holds; NULL but for bigint.';
COMMENT ON COLUMN kernel.partition_policy.ahead IS
'How many partitions there are beyond the one that is being filled.';
COMMENT ON COLUMN kernel.partition_policy.keep IS
'How long rows are kept: a partition goes when all that it can hold is older. NULL is for ever.';
COMMENT ON COLUMN kernel.partition_policy.keep_ids IS
'The same for bigint keys: how far behind the highest key rows are kept.';
COMMENT ON COLUMN kernel.partition_policy.on_expiry IS
'What becomes of a partition that is past its time: drop, detach (it stays as a table of its own) or
archive (the same, in another schema).';
COMMENT ON COLUMN kernel.partition_policy.archive_schema IS
'Where archived partitions go; NULL but for archive.';

ALTER TABLE kernel.partition_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.partition_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.partition_policy
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.partition_policy
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.partition_policy TO strongroom_runner, pg_monitor;

CREATE TRIGGER t10_check_policy
BEFORE INSERT OR UPDATE ON kernel.partition_policy
FOR EACH ROW EXECUTE FUNCTION kernel.tg_check_partition_policy();

COMMENT ON TRIGGER t10_check_policy ON kernel.partition_policy IS
'A policy that could not be carried out is refused when it is made.';
