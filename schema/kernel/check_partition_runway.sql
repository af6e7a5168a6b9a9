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
