CREATE OR REPLACE FUNCTION kernel.due_partitions(p_now timestamptz, p_parent regclass DEFAULT NULL)
RETURNS TABLE (parent regclass, spans numrange[], suffixes text[])
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
-- Bounds are compared as they are shown.
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $$
BEGIN
    RETURN QUERY
    WITH
    policies AS MATERIALIZED (
        SELECT
            p.*,
            c.relname,
            c.there,
            h.key AS highest,
            kernel.partition_cutoff(p.keep, p.keep_ids, p_now, h.key) AS cutoff,
            -- By text, for 30 days and one month are equal as intervals.
            dense_rank() OVER (
                ORDER BY p.key_kind, p.every::text, p.every_ids, p.ahead, h.key
            ) AS pace
        FROM kernel.partition_policy AS p
        -- OFFSET keeps these from becoming a scan of everything that there is.
        CROSS JOIN LATERAL (
            SELECT k.relname, ARRAY(
                SELECT concat(
                    n.relname, replace(split_part(n.bounds, ' TO ', 2), ' 00:00:00+00', '')
                )
                FROM pg_inherits AS i
                CROSS JOIN LATERAL (
                    SELECT o.relname, pg_get_expr(o.relpartbound, 0) AS bounds
                    FROM pg_class AS o
                    WHERE o.oid = i.inhrelid
                    OFFSET 0
                ) AS n
                WHERE i.inhparent = p.parent
            ) AS there
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
        -- A partition of a shorter step may bear the name of a longer one, so its end counts as well.
        SELECT
            p.pace, s.span, s.suffix,
            format('(%L)', CASE p.key_kind
                WHEN 'bigint' THEN upper(s.span)::text
                WHEN 'uuid_v7' THEN kernel.partition_bound('uuid'::regtype, upper(s.span))
                ELSE replace(replace(
                    kernel.partition_bound('timestamptz'::regtype, upper(s.span)), '.000000+00', '+00'
                ), ' 00:00:00+00', '')
            END) AS ending
        FROM (SELECT DISTINCT ON (q.pace) q.* FROM policies AS q) AS p
        CROSS JOIN kernel.partition_steps(p.every, p.every_ids, p_now, p.highest, p.ahead) AS s
    )
    SELECT p.parent, array_agg(s.span ORDER BY s.span), array_agg(s.suffix ORDER BY s.span)
    FROM policies AS p
    JOIN steps AS s ON s.pace = p.pace
    WHERE upper(s.span) > p.cutoff
      AND concat(kernel.partition_name(p.relname, s.suffix), s.ending) <> ALL (p.there)
    GROUP BY p.parent
    ORDER BY p.parent;
END;
$$;

COMMENT ON FUNCTION kernel.due_partitions(timestamptz, regclass) IS
'The steps for which a table, or every table with a policy, has no partition of the right name and end
at a moment: what each should hold, as positions (kernel.partition_position), and how its name ends.
That is quick to tell: a partition with another name or end may hold some of it.';
