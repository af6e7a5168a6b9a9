-- Tell of partitions that should have gone and did not.
-- depends: 0095.kernel.hold-rows-of-changed-keys
-- locks: ACCESS EXCLUSIVE on a view that the checks read, for a moment

-- The view needs it; later changes come with the functions.
CREATE OR REPLACE FUNCTION kernel.overdue_partitions(p_grace interval)
RETURNS TABLE (parent regclass, partition regclass)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT late.parent, late.partition
    FROM (
        SELECT p.parent, s.partition
        FROM kernel.partition_policy AS p
        JOIN pg_class AS c ON c.oid = p.parent
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN p.keep_ids IS NOT NULL
                    THEN kernel.stored_key(p.parent)
                    - p.every_ids * EXTRACT(epoch FROM p_grace) / 86400
            END
        ) AS h (key)
        CROSS JOIN kernel.partition_spans(p.parent) AS s
        WHERE num_nonnulls(p.keep, p.keep_ids) = 1
          AND upper(s.span) <= kernel.partition_cutoff(p.keep, p.keep_ids, now() - p_grace, h.key)
        -- Rows are looked at in these alone.
        OFFSET 0
    ) AS late
    WHERE NOT kernel.has_partition_pins(late.partition, late.parent)
    ORDER BY late.parent, late.partition;
END;
$$;

COMMENT ON FUNCTION kernel.overdue_partitions(interval) IS
'The partitions that should have gone p_grace ago, though nothing in them is held. Where keys are
numbers, a day of it stands for as many keys as a partition holds.';

GRANT EXECUTE ON FUNCTION kernel.overdue_partitions(interval) TO strongroom_runner;

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
