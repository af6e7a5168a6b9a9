CREATE VIEW kernel.check_retention_lag
WITH (security_invoker = true)
AS
SELECT
    'retention_lag' AS name,
    'Retention does not keep up' AS title,
    CASE
        WHEN overdue.problem IS NOT NULL OR late.policy IS NOT NULL THEN 'ERROR'
        ELSE 'WARN'
    END AS level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'Rows that are past their time and that nothing keeps should be gone within'
    ' a run or two of apply_retention.' AS description,
    format(
        'Policy %s of %s: %s', overdue.policy, overdue.table_name,
        coalesce(
            overdue.problem,
            format('a row of %s should have gone days ago.', overdue.oldest)
        )
    ) AS detail,
    'See kernel.job and kernel.job_run for apply_retention: strongroom maintain'
    ' must run, and often enough. A policy that can''t be carried out is mended'
    ' or switched off.' AS remediation,
    jsonb_build_object(
        'policy', overdue.policy, 'table', overdue.table_name, 'oldest', overdue.oldest
    ) AS metadata,
    format('retention_lag:%s', overdue.policy) AS cache_key
FROM kernel.retention_lag('2 days') AS overdue
LEFT JOIN kernel.retention_lag('14 days') AS late ON late.policy = overdue.policy
UNION ALL
SELECT
    'retention_lag',
    'Partitions that are past their time stay',
    CASE WHEN count(late.partition) > 0 THEN 'ERROR' ELSE 'WARN' END,
    'INTERNAL',
    ARRAY['MAINTENANCE', 'PRIVACY'],
    'Partitions that are past their time and in which nothing is held should be gone'
    ' within an hour or two.',
    format(
        'Partitions of %s that should have gone days ago: %s, %s among them.',
        overdue.parent, count(*), min(overdue.partition::text)
    ),
    'strongroom maintain must run, and often enough: SQL alone detaches nothing.',
    jsonb_build_object('table', overdue.parent::text),
    format('retention_lag:partitions:%s', overdue.parent)
FROM kernel.overdue_partitions('2 days') AS overdue
LEFT JOIN kernel.overdue_partitions('14 days') AS late ON late.partition = overdue.partition
GROUP BY overdue.parent;

COMMENT ON VIEW kernel.check_retention_lag IS
'Policies with rows, and tables with partitions, that should have gone two days ago (WARN) or a
fortnight ago (ERROR), and policies that can''t be carried out (ERROR).';

GRANT SELECT ON kernel.check_retention_lag TO strongroom_runner;
