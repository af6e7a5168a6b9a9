CREATE OR REPLACE FUNCTION kernel.partition_suffix(p_every interval, p_start timestamp)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN '_p' || pg_catalog.to_char(
    p_start,
    CASE
        WHEN p_start <> pg_catalog.date_trunc('second', p_start) THEN 'YYYY_MM_DD_HH24MISS_US'
        WHEN p_start <> pg_catalog.date_trunc('hour', p_start) THEN 'YYYY_MM_DD_HH24MISS'
        WHEN p_every < interval '1 day' OR p_start <> pg_catalog.date_trunc('day', p_start)
            THEN 'YYYY_MM_DD_HH24'
        WHEN p_every < interval '1 month' OR p_start <> pg_catalog.date_trunc('month', p_start)
            THEN 'YYYY_MM_DD'
        WHEN p_every < interval '1 year' OR p_start <> pg_catalog.date_trunc('year', p_start)
            THEN 'YYYY_MM'
        ELSE 'YYYY'
    END
);

COMMENT ON FUNCTION kernel.partition_suffix(interval, timestamp) IS
'How the name of a partition ends: its first moment in UTC, as exact as the step asks for, or more
so where the partition begins within a step.';

GRANT EXECUTE ON FUNCTION kernel.partition_suffix(
    interval, timestamp
) TO strongroom_runner, pg_monitor;
