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
