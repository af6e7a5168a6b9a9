-- Nobody is told of such partitions any more; nothing is lost.

CREATE OR REPLACE VIEW kernel.check_retention_lag
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
LEFT JOIN kernel.retention_lag('14 days') AS late ON late.policy = overdue.policy;

COMMENT ON VIEW kernel.check_retention_lag IS
'Policies with rows that should have gone two days ago (WARN) or a fortnight ago (ERROR), and
policies that can''t be carried out (ERROR).';

DROP FUNCTION kernel.overdue_partitions(interval);
