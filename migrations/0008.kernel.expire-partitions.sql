-- Remember which partitions are on their way out, and watch over partitions.
-- depends: 0007.kernel.create-holds
-- locks: none that anyone waits for; a new table, a row of kernel.job, new views

CREATE TABLE kernel.expiring_partition (
    partition regclass,
    parent regclass NOT NULL,
    first_position numeric NOT NULL,
    last_position numeric NOT NULL,
    row_count bigint NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
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

CREATE VIEW kernel.partition_runway
WITH (security_invoker = true)
AS
SELECT
    p.parent,
    p.key_kind,
    p.ahead,
    s.partition_count,
    s.pending_count,
    here.span IS NOT NULL AS is_covered,
    CASE
        WHEN here.span IS NULL THEN 0
        WHEN p.key_kind = 'bigint' THEN pg_catalog.floor(
            (upper(here.span) - position.current) / p.every_ids
        )
        ELSE (
            SELECT count(*)
            FROM kernel.partition_steps(p.every, NULL, pg_catalog.now(), NULL, p.ahead) AS step
            WHERE step.number > 0 AND step.span <@ here.span
        )
    END::integer AS steps_left,
    CASE
        WHEN here.span IS NULL THEN NULL
        ELSE kernel.partition_bound(key.key_type, upper(here.span))
    END AS runs_until,
    CASE
        WHEN p.key_kind <> 'bigint' AND upper(here.span) < 'Infinity'
            THEN pg_catalog.to_timestamp(upper(here.span)::double precision)
    END AS runs_until_at
FROM kernel.partition_policy AS p
JOIN pg_catalog.pg_partitioned_table AS t ON t.partrelid = p.parent
CROSS JOIN LATERAL kernel.partition_key(p.parent) AS key
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.count(*) AS partition_count,
        pg_catalog.count(*) FILTER (WHERE one.is_detaching) AS pending_count,
        coalesce(
            pg_catalog.range_agg(one.span) FILTER (WHERE NOT one.is_detaching), '{}'
        ) AS spans,
        -- Without a right to read the keys: where the last partition with a row begins.
        max(lower(one.span)) FILTER (WHERE pg_catalog.pg_relation_size(one.partition) > 0)
            AS last_used
    FROM kernel.partition_spans(p.parent) AS one
) AS s
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN p.key_kind = 'bigint' THEN greatest(s.last_used + p.every_ids, 0)
        ELSE EXTRACT(epoch FROM pg_catalog.now())
    END
) AS position (current)
LEFT JOIN LATERAL (
    SELECT r.span
    FROM pg_catalog.unnest(s.spans) AS r (span)
    WHERE r.span @> CASE
        WHEN p.key_kind = 'bigint' THEN greatest(s.last_used, 0) ELSE position.current
    END
) AS here ON true;

COMMENT ON VIEW kernel.partition_runway IS
'How far the partitions of each table with a policy reach, without a gap from here on. For bigint,
here is the partition with rows that begins last. Counts no rows; reads the catalogue.';
COMMENT ON COLUMN kernel.partition_runway.parent IS
'The partitioned table.';
COMMENT ON COLUMN kernel.partition_runway.key_kind IS
'time, uuid_v7 or bigint.';
COMMENT ON COLUMN kernel.partition_runway.ahead IS
'How many partitions the policy wants beyond the current one.';
COMMENT ON COLUMN kernel.partition_runway.partition_count IS
'How many partitions there are.';
COMMENT ON COLUMN kernel.partition_runway.pending_count IS
'How many of them are half detached.';
COMMENT ON COLUMN kernel.partition_runway.is_covered IS
'Whether what is written now finds a partition.';
COMMENT ON COLUMN kernel.partition_runway.steps_left IS
'How many whole steps beyond the current one are covered without a gap.';
COMMENT ON COLUMN kernel.partition_runway.runs_until IS
'The first key that finds no partition; NULL where nothing does now.';
COMMENT ON COLUMN kernel.partition_runway.runs_until_at IS
'The same as a moment; NULL for bigint.';

GRANT SELECT ON kernel.partition_runway TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_partition_runway
WITH (security_invoker = true)
AS
SELECT
    'partition_runway' AS name,
    'Partitions run out' AS title,
    found.level,
    'EXTERNAL' AS facing,
    ARRAY['PARTITIONS', 'AVAILABILITY'] AS categories,
    'Without a partition for it a row is refused. Partitions are made ahead by the job'
    ' maintain_partitions.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('parent', found.parent::text) AS metadata,
    format('partition_runway:%s', found.parent) AS cache_key
FROM (
    SELECT
        r.parent,
        CASE WHEN r.is_covered AND r.steps_left > 0 THEN 'WARN' ELSE 'ERROR' END AS level,
        CASE
            WHEN r.is_covered
                THEN format(
                    '%s has partitions up to %s: %s of %s steps ahead are left.',
                    r.parent, r.runs_until, r.steps_left, r.ahead
                )
            ELSE format('%s has no partition for what is written now.', r.parent)
        END AS detail,
        'SELECT kernel.maintain_partitions(); its warnings say what is in the way.' AS remediation
    FROM kernel.partition_runway AS r
    WHERE NOT r.is_covered OR r.steps_left < greatest(1, r.ahead / 2)
    UNION ALL
    SELECT
        c.oid::regclass,
        'WARN',
        format('%s is partitioned by range, and nobody makes its partitions.', c.oid::regclass),
        'Give it a row in kernel.partition_policy, or call kernel.adopt_partitions.'
    FROM pg_catalog.pg_partitioned_table AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.partrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND t.partstrat = 'r'
      AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM kernel.partition_policy AS p WHERE p.parent = c.oid)
) AS found;

COMMENT ON VIEW kernel.check_partition_runway IS
'Tables whose partitions run out: ERROR where less than one whole step ahead is left, WARN where
less than half of what the policy wants is, or where there is no policy.';

GRANT SELECT ON kernel.check_partition_runway TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_partition_drift
WITH (security_invoker = true)
AS
WITH
partitions AS (
    SELECT c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity, c.relacl,
        p.oid AS parent, p.relowner AS parent_owner, p.relrowsecurity AS parent_rowsecurity
    FROM pg_catalog.pg_inherits AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relispartition
    JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent AND p.relkind = 'p'
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
),
-- With the parent: to look it up again would run all of this for each partition.
differences (oid, parent, what) AS (
    SELECT p.oid, p.parent, 'its owner is ' || p.relowner::regrole
    FROM partitions AS p
    WHERE p.relowner <> p.parent_owner
    UNION ALL
    SELECT p.oid, p.parent, 'row level security is not enabled and forced'
    FROM partitions AS p
    WHERE NOT (p.relrowsecurity AND p.relforcerowsecurity)
    UNION ALL
    SELECT p.oid, p.parent, 'others than its owner have rights on it'
    FROM partitions AS p
    WHERE EXISTS (
        SELECT FROM pg_catalog.aclexplode(p.relacl) AS x WHERE x.grantee <> p.relowner
    )
    UNION ALL
    SELECT p.oid, p.parent, format('policy %I is not the owner''s', o.polname)
    FROM partitions AS p
    JOIN pg_catalog.pg_policy AS o ON o.polrelid = p.oid
    WHERE o.polroles <> ARRAY[p.relowner]
    UNION ALL
    SELECT p.oid, p.parent, format('trigger %I is not its parent''s', t.tgname)
    FROM partitions AS p
    JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = p.oid
    WHERE NOT t.tgisinternal AND t.tgparentid = 0
    UNION ALL
    SELECT p.oid, p.parent, format('trigger %I is not enabled as its parent''s is', t.tgname)
    FROM partitions AS p
    JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = p.oid
    JOIN pg_catalog.pg_trigger AS r ON r.oid = t.tgparentid
    WHERE t.tgenabled <> r.tgenabled
    UNION ALL
    SELECT p.oid, p.parent, format('constraint %I is not its parent''s', k.conname)
    FROM partitions AS p
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = p.oid
    WHERE k.contype IN ('c', 'p', 'u', 'f', 'x') AND k.coninhcount = 0
    UNION ALL
    SELECT p.oid, p.parent, format('index %s is not its parent''s', x.indexrelid::regclass)
    FROM partitions AS p
    JOIN pg_catalog.pg_index AS x ON x.indrelid = p.oid
    WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = x.indexrelid
    )
    UNION ALL
    SELECT p.oid, p.parent, format('it lacks the index %s', x.indexrelid::regclass)
    FROM partitions AS p
    JOIN pg_catalog.pg_index AS x ON x.indrelid = p.parent
    WHERE (x.indexrelid, p.oid) NOT IN (
        SELECT i.inhparent, y.indrelid
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_index AS y ON y.indexrelid = i.inhrelid
    )
    UNION ALL
    SELECT p.oid, p.parent, format('column %I differs in %s', a.attname, difference.what)
    FROM partitions AS p
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = p.parent AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_attribute AS b ON b.attrelid = p.oid AND b.attname = a.attname
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = p.parent AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = p.oid AND e.adnum = b.attnum
    CROSS JOIN LATERAL (
        VALUES
            ('NOT NULL', a.attnotnull <> b.attnotnull),
            (
                'default',
                pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                IS DISTINCT FROM pg_catalog.pg_get_expr(e.adbin, e.adrelid)
            ),
            ('storage', a.attstorage <> b.attstorage),
            ('compression', a.attcompression <> b.attcompression)
    ) AS difference (what, is_there)
    WHERE difference.is_there
)
SELECT
    'partition_drift' AS name,
    'A partition is not what its table is' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['PARTITIONS', 'CATALOGUE'] AS categories,
    'Columns and rules of a table hold in its partitions; indexes, rights and defaults of a'
    ' partition are its own.' AS description,
    format(
        '%s, a partition of %s: %s.', d.oid::regclass, d.parent::regclass,
        pg_catalog.string_agg(d.what, '; ' ORDER BY d.what)
    ) AS detail,
    'SELECT kernel.align_partition(...) mends rights and policies; the rest is ALTER TABLE on the'
    ' partition.' AS remediation,
    jsonb_build_object(
        'parent', d.parent::regclass::text, 'partition', d.oid::regclass::text
    ) AS metadata,
    format('partition_drift:%s', d.oid::regclass) AS cache_key
FROM differences AS d
GROUP BY d.oid, d.parent;

COMMENT ON VIEW kernel.check_partition_drift IS
'Partitions that differ from their table: owner, row level security, grants, policies, triggers,
constraints, indexes, columns. One row a partition.';

GRANT SELECT ON kernel.check_partition_drift TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_partition_plan
WITH (security_invoker = true)
AS
SELECT
    'partition_plan' AS name,
    'A partition policy can not be carried out as it stands' AS title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['PARTITIONS'] AS categories,
    'What kernel.partition_policy asks for, and what stands against it.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('parent', found.parent::text) AS metadata,
    format('partition_plan:%s:%s', found.problem, found.parent) AS cache_key
FROM (
    SELECT
        p.parent,
        'unfit' AS problem,
        'ERROR' AS level,
        format('%s: %s', p.parent, q.problem) AS detail,
        'Change the table or the policy.' AS remediation
    FROM kernel.partition_policy AS p
    CROSS JOIN LATERAL kernel.partition_policy_problem(
        p.parent, p.key_kind, p.every, p.keep IS NOT NULL OR p.keep_ids IS NOT NULL,
        p.archive_schema
    ) AS q (problem)
    WHERE q.problem IS NOT NULL
    UNION ALL
    SELECT
        p.parent, 'gone', 'WARN',
        format('The policy for table number %s is for a table that is gone.', p.parent::oid),
        'Delete the row from kernel.partition_policy.'
    FROM kernel.partition_policy AS p
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = p.parent)
    UNION ALL
    SELECT
        r.parent, 'many', 'WARN',
        format('%s has %s partitions.', r.parent, r.partition_count),
        'Plans and locks grow with each: take longer steps, or keep for less time.'
    FROM kernel.partition_runway AS r
    WHERE r.partition_count > 150
    UNION ALL
    SELECT
        r.parent, 'pending', 'WARN',
        format('%s has a partition that is half detached.', r.parent),
        'strongroom maintain finishes it, when no transaction looks at it any more.'
    FROM kernel.partition_runway AS r
    WHERE r.pending_count > 0
    UNION ALL
    SELECT
        e.parent, 'stuck', 'WARN',
        format('%s has been on its way out of %s since %s.', e.partition, e.parent, e.begun_at),
        'Run strongroom maintain and see what it says of it.'
    FROM kernel.expiring_partition AS e
    WHERE e.begun_at < now() - interval '1 day'
    UNION ALL
    SELECT
        p.parent, 'personal', 'WARN',
        format('%s holds rows of people, and its partitions do not end.', p.parent),
        'Erasure does not look into tables that were detached or archived: let them be dropped.'
    FROM kernel.partition_policy AS p
    WHERE p.on_expiry <> 'drop'
      AND (p.keep IS NOT NULL OR p.keep_ids IS NOT NULL)
      AND EXISTS (SELECT FROM kernel.subject_columns(p.parent))
) AS found;

COMMENT ON VIEW kernel.check_partition_plan IS
'Policies that can not be carried out: a table that was changed since (a default partition, a
foreign key to what expires, another owner) or is gone, more than 150 partitions, a detach that was
interrupted, an expiry that has been under way for a day, rows of people that are kept aside.';

GRANT SELECT ON kernel.check_partition_plan TO strongroom_runner, pg_monitor;
