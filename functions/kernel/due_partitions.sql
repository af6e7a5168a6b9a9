CREATE OR REPLACE FUNCTION kernel.due_partitions(p_now timestamptz, p_parent regclass DEFAULT NULL)
RETURNS TABLE (parent regclass, spans numrange[], suffixes text[])
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH
    policies AS MATERIALIZED (
        SELECT
            p.*,
            c.relname,
            c.names,
            h.key AS highest,
            kernel.partition_cutoff(p.keep, p.keep_ids, p_now, h.key) AS cutoff,
            -- By text, for 30 days and one month are equal as intervals.
            dense_rank() OVER (ORDER BY p.every::text, p.every_ids, p.ahead, h.key) AS pace
        FROM kernel.partition_policy AS p
        -- OFFSET keeps these from becoming a scan of everything that there is.
        CROSS JOIN LATERAL (
            SELECT k.relname, ARRAY(
                SELECT n.relname
                FROM pg_inherits AS i
                CROSS JOIN LATERAL (
                    SELECT o.relname FROM pg_class AS o WHERE o.oid = i.inhrelid OFFSET 0
                ) AS n
                WHERE i.inhparent = p.parent
            ) AS names
            FROM pg_class AS k
            WHERE k.oid = p.parent
            OFFSET 0
        ) AS c
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.key_kind = 'bigint' THEN kernel.highest_key(p.parent) END
        ) AS h (key)
        WHERE p_parent IS NULL OR p.parent = p_parent
    ),
    steps AS MATERIALIZED (
        SELECT p.pace, s.span, s.suffix
        FROM (SELECT DISTINCT ON (q.pace) q.* FROM policies AS q) AS p
        CROSS JOIN kernel.partition_steps(p.every, p.every_ids, p_now, p.highest, p.ahead) AS s
    )
    SELECT p.parent, array_agg(s.span ORDER BY s.span), array_agg(s.suffix ORDER BY s.span)
    FROM policies AS p
    JOIN steps AS s ON s.pace = p.pace
    WHERE upper(s.span) > p.cutoff
      AND kernel.partition_name(p.relname, s.suffix) <> ALL (p.names)
    GROUP BY p.parent
    ORDER BY p.parent;
END;
$$;

COMMENT ON FUNCTION kernel.due_partitions(timestamptz, regclass) IS
'The steps for which a table, or every table with a policy, has no partition of the right name at a
moment: what each should hold, as positions (kernel.partition_position), and how its name ends. By
name, for that is quick: a partition with another name may hold some of it.';
