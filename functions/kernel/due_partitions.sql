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
            h.key AS highest,
            kernel.partition_cutoff(p.keep, p.keep_ids, p_now, h.key) AS cutoff,
            -- By text, for 30 days and one month are equal as intervals.
            dense_rank() OVER (
                ORDER BY p.key_kind, p.every::text, p.every_ids, p.ahead, h.key
            ) AS pace
        FROM kernel.partition_policy AS p
        JOIN pg_class AS c ON c.oid = p.parent
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
    ),
    wanted AS MATERIALIZED (
        SELECT
            p.parent, s.span, s.suffix, s.ending,
            kernel.partition_name(p.relname, s.suffix) AS name
        FROM policies AS p
        JOIN steps AS s ON s.pace = p.pace
        WHERE upper(s.span) > p.cutoff
    ),
    -- OFFSET has each looked up by its name, however many tables and partitions there are.
    named AS MATERIALIZED (
        SELECT w.parent, w.span, w.ending, o.oid, o.stored
        FROM wanted AS w
        CROSS JOIN LATERAL (
            SELECT c.oid, c.relpartbound::text AS stored
            FROM pg_class AS c
            WHERE c.relname = w.name AND w.parent = (
                SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = c.oid AND i.inhseqno = 1
            )
            OFFSET 0
        ) AS o
    ),
    -- To print a bound takes longer than all else, and tables of one pace have the same.
    fitting AS (
        SELECT u.parent, u.span
        FROM (
            SELECT m.ending, min(m.oid) AS partition, array_agg(m.parent) AS parents, array_agg(m.span) AS spans
            FROM named AS m
            GROUP BY m.stored, m.ending
        ) AS n
        JOIN pg_class AS c ON c.oid = n.partition
        CROSS JOIN unnest(n.parents, n.spans) AS u (parent, span)
        WHERE n.ending = replace(
            split_part(pg_get_expr(c.relpartbound, 0), ' TO ', 2), ' 00:00:00+00', ''
        )
    )
    SELECT w.parent, array_agg(w.span ORDER BY w.span), array_agg(w.suffix ORDER BY w.span)
    FROM wanted AS w
    WHERE (w.parent, w.span) NOT IN (SELECT f.parent, f.span FROM fitting AS f)
    GROUP BY w.parent
    ORDER BY w.parent;
END;
$$;

COMMENT ON FUNCTION kernel.due_partitions(timestamptz, regclass) IS
'The steps for which a table, or every table with a policy, has no partition of the right name and end
at a moment: what each should hold, as positions (kernel.partition_position), and how its name ends.
That is quick to tell: a partition with another name or end may hold some of it.';
