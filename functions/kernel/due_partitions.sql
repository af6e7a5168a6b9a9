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
    wanted AS MATERIALIZED (
        SELECT p.* FROM kernel.wanted_partitions(p_now, p_parent) AS p
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
