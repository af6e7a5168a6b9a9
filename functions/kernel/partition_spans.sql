CREATE OR REPLACE FUNCTION kernel.partition_spans(p_parent regclass)
RETURNS TABLE (partition regclass, span numrange, is_detaching boolean)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $$
    SELECT
        h.inhrelid::regclass,
        CASE
            WHEN b.bounds IS NOT NULL
                THEN numrange(
                    kernel.partition_position(a.atttypid, btrim(b.bounds[1], '''')),
                    kernel.partition_position(a.atttypid, btrim(b.bounds[2], ''''))
                )
        END,
        h.inhdetachpending
    FROM pg_partitioned_table AS t
    JOIN pg_attribute AS a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    JOIN pg_inherits AS h ON h.inhparent = t.partrelid
    JOIN pg_class AS c ON c.oid = h.inhrelid
    CROSS JOIN LATERAL (
        SELECT regexp_match(
            pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \((.*)\) TO \((.*)\)$'
        )
    ) AS b (bounds)
    WHERE t.partrelid = p_parent AND t.partstrat = 'r' AND t.partnatts = 1
$$;

COMMENT ON FUNCTION kernel.partition_spans(regclass) IS
'The partitions of a table partitioned by a range of one column, and what each holds, as positions
(kernel.partition_position); NULL for a default partition. The one that is being detached still
counts.';
