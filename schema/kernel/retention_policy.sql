CREATE TABLE kernel.retention_policy (
    name text,
    relation regclass NOT NULL,
    action text NOT NULL,
    columns name[],
    mask_expression text,
    time_expression text,
    keep_for interval,
    keep_nulls boolean NOT NULL DEFAULT false,
    override_table regclass,
    override_column name,
    override_min_days integer,
    override_max_days integer,
    statutory_minimum interval,
    reason text NOT NULL,
    is_enabled boolean NOT NULL DEFAULT true,
    swept_to timestamptz,
    is_swept boolean NOT NULL DEFAULT false,
    error_code text,
    CONSTRAINT retention_policy_pkey PRIMARY KEY (name),
    CONSTRAINT retention_policy_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    CONSTRAINT retention_policy_action_check CHECK (action IN ('drop', 'delete', 'null', 'mask')),
    CONSTRAINT retention_policy_columns_check CHECK (
        CASE action
            WHEN 'null' THEN columns IS NOT NULL AND cardinality(columns) > 0
            WHEN 'mask' THEN columns IS NOT NULL AND cardinality(columns) = 1
            ELSE columns IS NULL
        END
        AND array_position(columns, NULL) IS NULL
    ),
    CONSTRAINT retention_policy_mask_check
    CHECK ((action = 'mask') = (mask_expression IS NOT NULL)),
    -- When partitions go is said in kernel.partition_policy, and nowhere else.
    CONSTRAINT retention_policy_drop_check CHECK (
        action <> 'drop'
        OR num_nonnulls(time_expression, keep_for, override_table, statutory_minimum) = 0
    ),
    CONSTRAINT retention_policy_time_check
    CHECK (action = 'drop' OR num_nonnulls(time_expression, keep_for) = 2),
    CONSTRAINT retention_policy_keep_for_check CHECK (keep_for >= interval '0'),
    CONSTRAINT retention_policy_statutory_minimum_check
    CHECK (statutory_minimum > interval '0'),
    CONSTRAINT retention_policy_override_check CHECK (
        num_nulls(override_table, override_column, override_min_days, override_max_days) IN (0, 4)
        AND override_min_days BETWEEN 0 AND override_max_days
        AND override_max_days <= 36525
    ),
    CONSTRAINT retention_policy_reason_length_check CHECK (length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT retention_policy_error_code_check CHECK (error_code ~ '^[0-9A-Z]{5}$')
);

CREATE INDEX retention_policy_relation_idx ON kernel.retention_policy (relation);

COMMENT ON TABLE kernel.retention_policy IS
'How long rows are kept, and what becomes of them then. Rules for the people who run the database,
written as strongroom_owner: an expression in a policy is code.';
COMMENT ON COLUMN kernel.retention_policy.name IS
'Name of the policy.';
COMMENT ON COLUMN kernel.retention_policy.relation IS
'The table; of a partitioned one, its root.';
COMMENT ON COLUMN kernel.retention_policy.action IS
'delete rows; null or mask columns; or drop: partitions go as kernel.partition_policy says, and of
one in which a row is held the others are deleted.';
COMMENT ON COLUMN kernel.retention_policy.columns IS
'What null empties, or the one column that mask overwrites.';
COMMENT ON COLUMN kernel.retention_policy.mask_expression IS
'What mask puts there: an immutable expression of the row that gives the same when done again.';
COMMENT ON COLUMN kernel.retention_policy.time_expression IS
'What a row''s age is counted from (timestamptz or date): the first key of an index of the table, as
PostgreSQL prints it.';
COMMENT ON COLUMN kernel.retention_policy.keep_for IS
'How long a row is kept; the calendar is that of UTC.';
COMMENT ON COLUMN kernel.retention_policy.keep_nulls IS
'Whether a row without a time is meant to be kept for ever.';
COMMENT ON COLUMN kernel.retention_policy.override_table IS
'Table that has a row a person, with a period of their own.';
COMMENT ON COLUMN kernel.retention_policy.override_column IS
'Its column with the period, in days; NULL there, or no row: keep_for holds.';
COMMENT ON COLUMN kernel.retention_policy.override_min_days IS
'A shorter period of a person counts as this one.';
COMMENT ON COLUMN kernel.retention_policy.override_max_days IS
'A longer period of a person counts as this one.';
COMMENT ON COLUMN kernel.retention_policy.statutory_minimum IS
'How long a row must be kept whatever a person wishes.';
COMMENT ON COLUMN kernel.retention_policy.reason IS
'Why: purpose, law or contract. It stands in each record of destruction.';
COMMENT ON COLUMN kernel.retention_policy.is_enabled IS
'Whether it is carried out.';
COMMENT ON COLUMN kernel.retention_policy.swept_to IS
'How far the sweep under way has come; NULL before it begins.';
COMMENT ON COLUMN kernel.retention_policy.is_swept IS
'Whether the run under way is done with it.';
COMMENT ON COLUMN kernel.retention_policy.error_code IS
'SQLSTATE by which its last batch in a run failed; NULL where it did not. The words are in the server''s
log.';

ALTER TABLE kernel.retention_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.retention_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.retention_policy
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_runner ON kernel.retention_policy
FOR SELECT TO strongroom_runner USING (true);

GRANT SELECT ON kernel.retention_policy TO strongroom_runner;

CREATE TRIGGER t10_check_policy
BEFORE INSERT OR UPDATE OF
    name, relation, action, columns, mask_expression, time_expression, keep_for, keep_nulls,
    override_table, override_column, override_min_days, override_max_days, statutory_minimum,
    is_enabled
ON kernel.retention_policy
FOR EACH ROW EXECUTE FUNCTION kernel.tg_check_retention_policy();

COMMENT ON TRIGGER t10_check_policy ON kernel.retention_policy IS
'A policy that could not be carried out is refused when it is made; one that changes begins anew.';

INSERT INTO kernel.job (name, function_name, schedule, priority)
VALUES ('apply_retention', 'kernel.apply_retention()', '1 hour', 500)
ON CONFLICT DO NOTHING;
