CREATE OR REPLACE FUNCTION kernel.partition_spans(p_parent regclass)
RETURNS TABLE (partition regclass, span numrange, is_detaching boolean)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
AS $$
BEGIN
    RETURN QUERY
    SELECT
        h.inhrelid::regclass,
        CASE
            WHEN f.lower <> ''
                THEN numrange(
                    kernel.partition_position(a.atttypid, f.lower),
                    kernel.partition_position(a.atttypid, f.upper)
                )
        END,
        h.inhdetachpending
    FROM pg_partitioned_table AS t
    JOIN pg_attribute AS a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    JOIN pg_inherits AS h ON h.inhparent = t.partrelid
    -- FOR VALUES FROM ('x') TO ('y'). A bound names no column, so it is shown without its table,
    -- which would be looked up. OFFSET: found by number, and worked out once for both of its uses.
    CROSS JOIN LATERAL (
        SELECT string_to_array(translate(pg_get_expr(c.relpartbound, 0), ''')', ''), '(')
        FROM pg_class AS c
        WHERE c.oid = h.inhrelid
        OFFSET 0
    ) AS b (parts)
    CROSS JOIN LATERAL (
        SELECT split_part(b.parts[2], ' TO ', 1) AS lower, b.parts[3] AS upper OFFSET 0
    ) AS f
    WHERE t.partrelid = p_parent AND t.partstrat = 'r' AND t.partnatts = 1;
END;
$$;

COMMENT ON FUNCTION kernel.partition_spans(regclass) IS
'The partitions of a table partitioned by a range of one column, and what each holds, as positions
(kernel.partition_position); NULL for a default partition. The one that is being detached still
counts.';

GRANT EXECUTE ON FUNCTION kernel.partition_spans(regclass) TO strongroom_runner, pg_monitor;
