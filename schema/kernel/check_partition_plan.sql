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
